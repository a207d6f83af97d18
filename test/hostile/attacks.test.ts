import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reviewRequest, startDriver } from '../load-driver/index.ts';
import { ATTACKS, type AttackResult } from './attacks.ts';
import { goldenPods } from './mutate.ts';
import { startTarget, type Target } from './target.ts';

/** What the process may hold, whatever is done to it. */
const MOST_MEMORY = 256 * 1024 * 1024;
const SHORT = { long: false, seed: 1, bodies: 2_000 };

let target: Target;
beforeAll(async () => void (target = await startTarget()));
afterAll(() => target.stop());

/** Calls as an API server makes them; all of them must be answered. */
async function expectGoodCalls(calls: number): Promise<void> {
  const options = { path: '/inject/all', timeoutMs: 10_000 };
  const requests = goldenPods()
    .slice(0, 20)
    .map((pod) => reviewRequest(pod, 'production', options));
  const driver = startDriver({ host: '127.0.0.1', port: target.port, ca: target.ca, timeoutMs: 10_000, requests });
  const { answered, failed } = await driver.openLoop({ ratePerSecond: 50, calls });
  driver.close();
  expect({ answered, failed }).toEqual({ answered: calls, failed: {} });
}

/** A connection that was opened and not needed yet, as the API server has them. */
function openSpare(): Promise<{ readonly isUsable: () => Promise<boolean>; readonly close: () => void }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: target.port, servername: 'localhost', ca: target.ca }, () => {
      resolve({
        close: () => socket.destroy(),
        isUsable: () =>
          new Promise((settle) => {
            if (socket.destroyed) settle(false);
            socket.once('data', () => settle(true)).once('close', () => settle(false));
            socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
          }),
      });
    });
    socket.on('error', reject);
  });
}

describe('under attack', () => {
  const slow = [
    'do not',
    'byte by byte',
    'stand still',
    'missing',
    'without an end',
    'stop within',
    'never read',
    'behind a',
  ];
  const isSlow = (name: string): boolean => slow.some((words) => name.includes(words));

  test.each(ATTACKS.filter(({ name }) => !isSlow(name)))('$name: every one is answered or closed', async ({ run }) => {
    expect((await run(target, SHORT)).wrong).toEqual([]);
  });

  test('all that stand still at once are answered or closed, a spare connection stays, and good calls are answered', async () => {
    const spare = await openSpare();
    const opened: Promise<void>[] = [];
    const attacks = ATTACKS.filter(({ name }) => isSlow(name)).map(
      async ({ name, run }): Promise<[string, AttackResult]> => {
        const { promise, resolve: onOpened } = Promise.withResolvers<void>();
        opened.push(promise);
        return [name, await run(target, { ...SHORT, onOpened })];
      },
    );
    // While hundreds of handshakes wait, new connections are turned away: how many can be open is asked here, not how fast.
    await Promise.all(opened);
    await expectGoodCalls(200);
    const wrong = (await Promise.all(attacks)).flatMap(([name, result]) =>
      result.wrong.map((what) => `${name}: ${what}`),
    );
    expect(wrong).toEqual([]);
    expect(await spare.isUsable()).toBe(true);
    spare.close();
  });
});

test('after all of that it is the same process, it has not grown beyond its bound, and it answers', async () => {
  const peak = await target.takePeak();
  if (peak !== undefined) expect(peak).toBeLessThan(MOST_MEMORY);
  await expectGoodCalls(20);
  const text = await (await fetch(`${target.server.metricsUrl}/metrics`, { headers: { Connection: 'close' } })).text();
  expect(text).toContain('tracehook_admission_in_flight 0\n');
  expect(text).toContain('tracehook_admission_decisions_total{outcome="failed",reason="InternalError"} 0\n');
});
