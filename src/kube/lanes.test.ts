import { expect, test } from 'vitest';
import { openLanes } from './lanes.ts';

const never = new AbortController().signal;

test('whoever finds no free lane waits in order, the urgent before the others', async () => {
  const lanes = openLanes(1);
  const leave = await lanes.enter({ signal: never, urgent: false });
  const order: string[] = [];
  const waiting = [
    ['first', false],
    ['second', false],
    ['lease', true],
  ] as const;
  const done = waiting.map(async ([name, urgent]) => {
    const leaveAgain = await lanes.enter({ signal: never, urgent });
    order.push(name);
    leaveAgain();
  });
  leave();
  await Promise.all(done);
  expect(order).toEqual(['lease', 'first', 'second']);
});

test('a lane that is left twice is free once', async () => {
  const lanes = openLanes(1);
  const leave = await lanes.enter({ signal: never, urgent: false });
  leave();
  leave();
  await lanes.enter({ signal: never, urgent: false });
  const second = lanes.enter({ signal: AbortSignal.timeout(20), urgent: false });
  await expect(second).rejects.toThrow('timeout');
});

test('whoever gives up while waiting takes no lane', async () => {
  const lanes = openLanes(1);
  const leave = await lanes.enter({ signal: never, urgent: false });
  const controller = new AbortController();
  const given = lanes.enter({ signal: controller.signal, urgent: true });
  controller.abort(new Error('given up'));
  await expect(given).rejects.toThrow('given up');
  leave();
  await expect(lanes.enter({ signal: never, urgent: false })).resolves.toBeTypeOf('function');
});
