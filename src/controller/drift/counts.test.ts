import { expect, test } from 'vitest';
import { createCountsBook, NO_PODS } from './counts.ts';

test('the sum follows its parts', () => {
  const book = createCountsBook();
  expect(book.set('a', { wanted: 3, injected: 2, missed: 1, stale: 1 })).toBe(true);
  expect(book.set('a', { wanted: 3, injected: 2, missed: 1, stale: 1 })).toBe(false);
  expect(book.set('b', { wanted: 1, injected: 1, missed: 0, stale: 0 })).toBe(true);
  expect(book.total()).toEqual({ wanted: 4, injected: 3, missed: 1, stale: 1 });
  expect(book.set('a', NO_PODS)).toBe(true);
  expect(book.of('a')).toBeUndefined();
  expect(book.total()).toEqual({ wanted: 1, injected: 1, missed: 0, stale: 0 });
  book.clear();
  expect(book.total()).toEqual(NO_PODS);
});
