import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createQueue, type QueueOptions } from './queue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A queue whose keys end when the test says so. */
function makeQueue(options: Partial<QueueOptions> = {}) {
  const begun: string[] = [];
  const failed: [string, number][] = [];
  const ends: (() => void)[] = [];
  const queue = createQueue({
    concurrency: 1,
    random: () => 1,
    process(key) {
      begun.push(key);
      return new Promise((resolve) => void ends.push(resolve));
    },
    onFailure: (key, _error, retryInMs) => void failed.push([key, retryInMs]),
    ...options,
  });
  /** Ends the oldest that is under way. */
  async function end(): Promise<void> {
    ends.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
  }
  return { queue, begun, failed, end };
}

/** A queue whose keys fail as often as `times` says. */
function makeFailing(times: number, error: unknown = new Error('refused')) {
  let left = times;
  return makeQueue({
    firstPauseMs: 100,
    mostPauseMs: 350,
    process: () => (left-- > 0 ? Promise.reject(error) : Promise.resolve()),
  });
}

test('a key that comes several times while it waits is looked at once', async () => {
  const { queue, begun, end } = makeQueue();
  for (const key of ['a', 'b', 'b', 'c', 'b']) queue.add(key, 'urgent');
  expect(queue.counts()).toEqual({ waiting: 2, underWay: 1, failing: 0 });
  for (let index = 0; index < 4; index++) await end();
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('a key that comes while it is under way is looked at once more, and never twice at a time', async () => {
  const { queue, begun, end } = makeQueue({ concurrency: 3 });
  for (const key of ['a', 'a', 'a']) queue.add(key, 'bulk');
  expect(begun).toEqual(['a']);
  await end();
  expect(begun).toEqual(['a', 'a']);
  await end();
  expect(begun).toEqual(['a', 'a']);
  expect(queue.counts()).toEqual({ waiting: 0, underWay: 0, failing: 0 });
});

test('what is urgent goes in front of what comes in masses, also if it was among it', async () => {
  const { queue, begun, end } = makeQueue();
  for (const key of ['a', 'b', 'c', 'd']) queue.add(key, 'bulk');
  queue.add('d', 'urgent');
  queue.add('d', 'bulk');
  queue.add('new', 'urgent');
  for (let index = 0; index < 6; index++) await end();
  expect(begun).toEqual(['a', 'd', 'new', 'b', 'c']);
});

test('no more are under way than may be', () => {
  const { queue, begun } = makeQueue({ concurrency: 2 });
  for (const key of ['a', 'b', 'c']) queue.add(key, 'urgent');
  expect(begun).toEqual(['a', 'b']);
});

test('one that fails is tried again, each time after a longer pause, up to the longest', async () => {
  const { queue, failed } = makeFailing(4);
  queue.add('a', 'urgent');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(failed).toEqual([
    ['a', 100],
    ['a', 200],
    ['a', 350],
    ['a', 350],
  ]);
  expect(queue.counts()).toEqual({ waiting: 0, underWay: 0, failing: 0 });
});

test('pauses are spread over their second half', async () => {
  const { queue, failed } = makeQueue({
    firstPauseMs: 100,
    random: () => 0,
    process: () => Promise.reject(new Error('refused')),
  });
  queue.add('a', 'urgent');
  await vi.advanceTimersByTimeAsync(0);
  expect(failed).toEqual([['a', 50]]);
});

test('a server that says when to come again is believed', async () => {
  const { queue, failed } = makeFailing(1, { retryAfterMs: 7_000 });
  queue.add('a', 'urgent');
  await vi.advanceTimersByTimeAsync(6_999);
  expect(queue.counts().failing).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(failed).toEqual([['a', 7_000]]);
  expect(queue.counts().failing).toBe(0);
});

test('one that fails holds up no other', async () => {
  const done: string[] = [];
  const { queue } = makeQueue({
    process(key) {
      if (key === 'bad') return Promise.reject(new Error('refused'));
      done.push(key);
      return Promise.resolve();
    },
  });
  for (const key of ['bad', 'a', 'b']) queue.add(key, 'bulk');
  await vi.advanceTimersByTimeAsync(0);
  expect(done).toEqual(['a', 'b']);
});

test('something that failed, and changed through its own try, waits for its pause all the same', async () => {
  let tries = 0;
  const { queue } = makeQueue({
    firstPauseMs: 1_000,
    process() {
      tries += 1;
      queue.add('a', 'urgent');
      return Promise.reject(new Error('refused'));
    },
  });
  queue.add('a', 'urgent');
  await vi.advanceTimersByTimeAsync(999);
  expect(tries).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(tries).toBe(2);
});

test('one that waits for a long pause is tried soon if it changes, but not as often as it changes', async () => {
  let tries = 0;
  const { queue } = makeQueue({
    firstPauseMs: 100,
    process() {
      tries += 1;
      return Promise.reject(Object.assign(new Error('refused'), { retryAfterMs: 60_000 }));
    },
  });
  queue.add('a', 'urgent');
  await vi.advanceTimersByTimeAsync(0);
  for (let change = 0; change < 9; change++) {
    queue.add('a', 'urgent');
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(tries).toBe(1);
  await vi.advanceTimersByTimeAsync(10);
  expect(tries).toBe(2);
});

test('after stop nothing begins, and it waits for what is under way', async () => {
  const { queue, begun, end } = makeQueue();
  queue.add('a', 'urgent');
  queue.add('b', 'urgent');
  queue.addAfter('c', 10);
  let ended = false;
  void queue.stop().then(() => (ended = true));
  await vi.advanceTimersByTimeAsync(100);
  expect(ended).toBe(false);
  await end();
  expect(ended).toBe(true);
  queue.add('d', 'urgent');
  expect(begun).toEqual(['a']);
});
