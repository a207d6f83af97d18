import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { crdFiles } from './crd-files.ts';

const ROOT = resolve(import.meta.dirname, '..');

describe('charts/tracehook/crds', () => {
  test.for(crdFiles().map((file) => [file.path, file] as const))('%s is what the code says', ([path, { text }]) => {
    expect(text, 'stale: run "npm run crds", and read what it changed').toBe(readFileSync(join(ROOT, path), 'utf8'));
  });

  test('has no other files', () => {
    const there = globSync('charts/tracehook/crds/*', { cwd: ROOT }).toSorted();
    expect(there).toEqual(crdFiles().map(({ path }) => path));
  });
});
