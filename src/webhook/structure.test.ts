import { expect, test } from 'vitest';
import { isExcessive, MOST_DEPTH, MOST_VALUES } from './structure.ts';

const check = (json: string): boolean => isExcessive(Buffer.from(json));

test('as many values as are allowed are not too many, and one more is', () => {
  expect(check(`[${Array.from({ length: MOST_VALUES }, () => '0').join(',')}]`)).toBe(false);
  expect(check(`[${Array.from({ length: MOST_VALUES + 1 }, () => '0').join(',')}]`)).toBe(true);
});

test('nesting is allowed to a depth, however often', () => {
  const deep = '['.repeat(MOST_DEPTH) + ']'.repeat(MOST_DEPTH);
  expect(check(deep.repeat(3))).toBe(false);
  expect(check(`{"a":${deep}}`)).toBe(true);
});

test('what stands in a text is no structure, and an escaped quote does not end it', () => {
  expect(check(JSON.stringify(`"\\"${'[{,'.repeat(MOST_VALUES)}`))).toBe(false);
  expect(check(`"${'\\"['.repeat(MOST_VALUES)}`)).toBe(false);
  expect(check(`"\\\\"${'['.repeat(MOST_DEPTH + 1)}`)).toBe(true);
});

test('what is no JSON can be asked about', () => {
  for (const text of ['', '"', '"\\', ']]]]', '\\', '\0'.repeat(9)]) expect(check(text)).toBe(false);
});
