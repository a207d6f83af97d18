import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createNotices } from './notices.ts';

const lines: string[] = [];
const logger = { warn: (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`) };

beforeEach(() => {
  lines.length = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

test('the first is told at once, and those that follow together', () => {
  const notices = createNotices(logger, 1_000);
  for (let index = 0; index < 5; index++) notices.note('refused');
  notices.note('closed');
  expect(lines).toEqual(['refused {"count":1}', 'closed {"count":1}']);
  vi.advanceTimersByTime(1_000);
  expect(lines.slice(2)).toEqual(['refused {"count":4}']);
});

test('one that comes when there was none for a while is told at once again', () => {
  const notices = createNotices(logger, 1_000);
  notices.note('refused');
  vi.advanceTimersByTime(1_000);
  notices.note('refused');
  expect(lines).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(1);
});

test('one that comes soon after it was told waits again', () => {
  const notices = createNotices(logger, 1_000);
  notices.note('refused');
  notices.note('refused');
  vi.advanceTimersByTime(1_000);
  notices.note('refused');
  expect(lines).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  expect(lines).toEqual(['refused {"count":1}', 'refused {"count":1}', 'refused {"count":1}']);
});

test('what is untold at the end is told then', () => {
  const notices = createNotices(logger, 1_000);
  for (let index = 0; index < 3; index++) notices.note('refused');
  notices.stop();
  expect(lines).toEqual(['refused {"count":1}', 'refused {"count":2}']);
  vi.advanceTimersByTime(5_000);
  expect(lines).toHaveLength(2);
});
