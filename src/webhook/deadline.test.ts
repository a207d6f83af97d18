import { describe, expect, test } from 'vitest';
import { deadlineOf } from './deadline.ts';

describe('the deadline of a review', () => {
  test.each([
    ['?timeout=10s', 10_000],
    ['?timeout=500ms', 500],
    ['?timeout=1m30s', 30_000],
    ['?timeout=2.5s', 2_500],
    ['?timeout=1s500ms', 1_500],
    ['?timeout=250000us', 250],
    ['?timeout=1h', 30_000],
    ['?other=1&timeout=3s', 3_000],
  ])('is %s of the query, at most 30 s', (query, expected) => {
    expect(deadlineOf(`/inject/all${query}`, 7_000)).toBe(expected);
  });

  test.each([
    '',
    '?',
    '?timeout=',
    '?timeout=0s',
    '?timeout=-5s',
    '?timeout=5',
    '?timeout=s',
    '?timeout=5s5',
    '?timeout=1e9s',
    '?timeout=Infinity',
  ])('is the configured one if the query is %j', (query) => {
    expect(deadlineOf(`/inject/all${query}`, 7_000)).toBe(7_000);
  });
});
