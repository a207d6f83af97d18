import { expect, test } from 'vitest';
import { updatePage } from './results.ts';

const ORDER = ['restarts', 'kill', 'idle'];

test('a scenario that was run takes the place of what was said of it, and the others stay', () => {
  const page = updatePage(
    '',
    new Map([
      ['idle', '## idle: a\n\nold'],
      ['restarts', '## restarts: b\n\nfirst'],
    ]),
    ORDER,
  );
  const next = updatePage(page, new Map([['idle', '## idle: a\n\nnew']]), ORDER);
  expect(next).toBe(page.replace('\nold', '\nnew'));
  expect(next).toMatch(/^# Load and change together\n[^]*\n## restarts: b\n\nfirst\n\n## idle: a\n\nnew\n$/);
});
