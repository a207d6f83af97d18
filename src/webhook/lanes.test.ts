import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLanes } from './lanes.ts';

/** Pushes so many of each, and resolves with the order in which they were done. */
async function orderOf(counts: { requests: number; dials: number }, accepts: () => boolean = () => false) {
  const order: string[] = [];
  const lanes = createLanes(accepts);
  for (const name of ['requests', 'dials'] as const) {
    for (let index = 0; index < counts[name]; index++) lanes[name].push(() => void order.push(`${name[0]}${index}`));
  }
  while (!lanes.isEmpty()) await turn();
  return order.join(' ');
}

test('each lane is first come, first served', async () => {
  expect(await orderOf({ requests: 3, dials: 0 })).toBe('r0 r1 r2');
  expect(await orderOf({ requests: 0, dials: 3 })).toBe('d0 d1 d2');
});

test('where both wait, a dial is done after three requests', async () => {
  expect(await orderOf({ requests: 6, dials: 3 })).toBe('r0 r1 r2 d0 r3 r4 r5 d1 d2');
});

test('one piece of work is done in each turn of the event loop', async () => {
  const lanes = createLanes(() => false);
  let done = 0;
  for (let index = 0; index < 3; index++) lanes.requests.push(() => void (done += 1));
  expect(done).toBe(0);
  for (let turns = 1; turns <= 3; turns++) {
    await turn();
    expect(done).toBe(turns);
  }
});

test('connections to be accepted go first, and keep no work away for good', async () => {
  let asked = 0;
  expect(await orderOf({ requests: 2, dials: 0 }, () => ++asked > 0)).toBe('r0 r1');
  expect(asked).toBeGreaterThan(8);
});

test('an empty lane makes nobody wait', () => {
  const { requests, dials } = createLanes(() => false);
  for (const lane of [requests, dials]) {
    expect([lane.expectedMs(), lane.oldestMs(performance.now())]).toEqual([0, 0]);
  }
});

test('the expected wait grows with what waits, and with what it took', async () => {
  const lanes = createLanes(() => false);
  const work = (): void => {
    const begin = performance.now();
    while (performance.now() - begin < 5);
  };
  for (let index = 0; index < 6; index++) lanes.requests.push(work);
  for (let index = 0; index < 3; index++) await turn();
  const alone = lanes.requests.expectedMs();
  expect(alone).toBeGreaterThan(0);
  lanes.requests.push(work);
  expect(lanes.requests.expectedMs()).toBeGreaterThan(alone);
  while (!lanes.isEmpty()) await turn();
});
