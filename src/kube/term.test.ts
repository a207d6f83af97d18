import { expect, onTestFinished, test } from 'vitest';
import { beginTerm } from './term.ts';

/** A clock that stands until it is set, and a term of ten seconds, whose request was sent at 1,000. */
function term() {
  let time = 1_000;
  const running = beginTerm(7, 1_000, 10_000, () => time);
  onTestFinished(() => running.end());
  return {
    it: running.term,
    renewed: (sentAt: number) => running.renewed(sentAt),
    setTime: (to: number) => void (time = to),
  };
}

test('writes may begin until so long after the request was sent, and no longer', () => {
  const { it, setTime } = term();
  setTime(10_999);
  expect(it.mayWrite()).toBe(true);
  setTime(11_000);
  expect(it.mayWrite()).toBe(false);
  expect(it.signal.aborted).toBe(true);
});

test('a renewal counts from when it was sent', () => {
  const { it, renewed, setTime } = term();
  setTime(10_000);
  renewed(4_000);
  setTime(13_999);
  expect(it.mayWrite()).toBe(true);
  setTime(14_000);
  expect(it.mayWrite()).toBe(false);
});

test('a renewal that comes after the end does not bring the term back', () => {
  const { it, renewed, setTime } = term();
  setTime(11_500);
  renewed(11_400);
  expect(it.mayWrite()).toBe(false);
  setTime(11_450);
  expect(it.mayWrite()).toBe(false);
});

test('the end comes by itself, if nobody asks', async () => {
  const sentAt = performance.now();
  const { term: it } = beginTerm(1, sentAt, 30, () => performance.now());
  await new Promise((resolve) => it.signal.addEventListener('abort', resolve));
  expect(it.mayWrite()).toBe(false);
});

test('a term whose answer came too late never begins', () => {
  const { term: it } = beginTerm(1, 0, 1_000, () => 5_000);
  expect(it.mayWrite()).toBe(false);
});
