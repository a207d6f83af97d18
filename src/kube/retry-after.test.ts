import { expect, test } from 'vitest';
import { readRetryAfterMs } from './retry-after.ts';

const NOW = Date.parse('Tue, 24 Nov 2026 10:00:00 GMT');

test.each([
  ['seconds', '7', 7_000],
  ['no time at all', '0', 0],
  ['a date to come', 'Tue, 24 Nov 2026 10:00:05 GMT', 5_000],
  ['a date that has passed', 'Tue, 24 Nov 2026 09:00:00 GMT', 0],
  ['more than two minutes', '86400', 120_000],
  ['a date far away', 'Tue, 24 Nov 2099 10:00:00 GMT', 120_000],
  ['a negative number', '-1', undefined],
  ['a fraction', '1.5', undefined],
  ['words', 'Later, perhaps', undefined],
  ['nothing', '', undefined],
  ['no header', undefined, undefined],
])('Retry-After with %s', (_what, header, expected) => {
  expect(readRetryAfterMs(header, NOW)).toBe(expected);
});
