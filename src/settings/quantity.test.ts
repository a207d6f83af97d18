import { expect, test } from 'vitest';
import { quantityValue } from './quantity.ts';

test.each([
  ['1', 1],
  ['.5', 0.5],
  ['5m', 0.005],
  ['2k', 2000],
  ['2M', 2e6],
  ['2G', 2e9],
  ['2T', 2e12],
  ['2P', 2e15],
  ['2E', 2e18],
  ['2Ki', 2 ** 11],
  ['2Mi', 2 ** 21],
  ['2Gi', 2 ** 31],
  ['2Ti', 2 ** 41],
  ['2Pi', 2 ** 51],
  ['2Ei', 2 ** 61],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['1e3', 1000],
  ['1E-3', 0.001],
  [`${'0'.repeat(99)}1`, 1],
])('%s is %d', (quantity, value) => {
  expect(quantityValue(quantity)).toBe(value);
});

test.each(['1B', '1mi', 'Mi', `${'0'.repeat(100)}1`])('%s is no quantity', (text) => {
  expect(quantityValue(text) > 0).toBe(false);
});
