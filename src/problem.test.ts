import { expect, test } from 'vitest';
import { formatProblem, quoteValue } from './problem.ts';

test('a problem is printed as its place and its message', () => {
  expect(formatProblem({ where: 'a.yaml:1:2', message: 'must be b' })).toBe('a.yaml:1:2: must be b');
});

test.each([
  ['text', '"text"'],
  [1, '1'],
  [null, 'null'],
  [undefined, 'undefined'],
  [{ a: [true] }, '{"a":[true]}'],
  ['x'.repeat(78), `"${'x'.repeat(78)}"`],
  ['x'.repeat(79), `"${'x'.repeat(79)}…`],
])('%j is quoted as JSON, cut to 80 characters', (value, quoted) => {
  expect(quoteValue(value)).toBe(quoted);
});

test('a value that is nested deeper than the stack is only named', () => {
  let value: unknown = [];
  for (let level = 0; level < 200_000; level += 1) value = [value];
  expect(quoteValue(value)).toBe('a value that is nested too deep to be shown');
});
