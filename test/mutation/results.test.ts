import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderPage } from './page.ts';
import { PAGE_FILE, readExplanations, readResults } from './results.ts';
import { complaintsOf } from './verdict.ts';

test('RESULTS.md says what the last runs found', () => {
  expect(readFileSync(PAGE_FILE, 'utf8'), 'stale: run "npm run mutation -- --page"').toBe(
    renderPage(readResults(), readExplanations()),
  );
});

test('few mutants survive, and nothing is explained that does not survive', () => {
  expect(complaintsOf(readResults(), readExplanations())).toEqual([]);
});
