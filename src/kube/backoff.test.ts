import { expect, test } from 'vitest';
import { BACKOFF, backoffMs, waitMs } from './backoff.ts';

test.each([
  [1, 800, 1_600],
  [2, 1_600, 3_200],
  [5, 12_800, 25_600],
  [6, 15_000, 30_000],
  [1_000_000, 15_000, 30_000],
])('after %i failures the wait is between %i and %i ms', (failures, least, most) => {
  expect(backoffMs(failures, BACKOFF, () => 0)).toBe(least);
  expect(backoffMs(failures, BACKOFF, () => 1)).toBe(most);
});

test.each([
  ['nothing', undefined, 1_000],
  ['less than we would wait', 400, 1_000],
  ['more', 5_000, 5_250],
])('a server that asks for %s', (_what, retryAfterMs, expected) => {
  expect(waitMs(1_000, retryAfterMs)).toBe(expected);
});
