import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { installCrds } from '../crds/installed.ts';
import { isLeading, startReplica, untilLeading } from './replicas.ts';
import { newNamespace, objectsOf, threeOf } from './running.ts';

/** A Lease that is not given up is good for 15 s, and looked at each second. */
const TAKEN_OVER = { timeoutMs: 40_000 };

describeWithControlPlane('the leader, with a real API server', (plane) => {
  beforeAll(() => installCrds(plane()));

  test('killed: another takes over when the Lease has expired', async () => {
    const first = await startReplica(plane(), 'killed', 'first');
    await untilLeading(first);
    const second = await startReplica(plane(), 'killed', 'second');
    first.signal('SIGKILL');
    const namespace = await newNamespace(plane());
    await waitFor('the objects', async () => (await objectsOf(plane(), namespace)).length === 3, TAKEN_OVER);
    expect(await isLeading(second)).toBe(true);
  }, 120_000);

  test('told to stop: it gives the Lease up, and another goes on at once', async () => {
    const first = await startReplica(plane(), 'stopped', 'first');
    await untilLeading(first);
    const second = await startReplica(plane(), 'stopped', 'second');
    await first.stop(20_000);
    expect(await first.gone).toBe('exit code 0');
    const namespace = await newNamespace(plane());
    await threeOf(plane(), namespace);
    expect(await isLeading(second)).toBe(true);
  }, 120_000);

  test('held for longer than the Lease is good, and continued: it begins no write', async () => {
    const namespace = await newNamespace(plane());
    const first = await startReplica(plane(), 'held', 'first');
    await untilLeading(first);
    const [env] = await threeOf(plane(), namespace);
    const second = await startReplica(plane(), 'held', 'second');
    await waitFor('the second to have read all', async () => (await fetch(`${second.metricsUrl}/readyz`)).ok);
    first.signal('SIGSTOP');
    // Something that it would mend if it could.
    await plane().client.delete(env);
    await waitFor('the second to mend it', async () => (await objectsOf(plane(), namespace)).length === 3, TAKEN_OVER);
    const before = first.writes().length;
    first.signal('SIGCONT');
    await plane().client.delete((await threeOf(plane(), namespace))[0]);
    await waitFor('the second to mend it again', async () => (await objectsOf(plane(), namespace)).length === 3);
    await sleep(2_000);
    expect(first.writes().slice(before)).toEqual([]);
    expect(await isLeading(first)).toBe(false);
    expect(await isLeading(second)).toBe(true);
  }, 120_000);

  test('killed again and again while it works: in the end all is as it should be', async () => {
    const namespaces = await Promise.all(Array.from({ length: 8 }, () => newNamespace(plane())));
    for (let kill = 0; kill < 8; kill++) {
      // The same identity has its Lease back at once.
      const replica = await startReplica(plane(), 'again', 'same');
      const victim = (await objectsOf(plane(), namespaces[kill] ?? ''))[kill % 3];
      if (victim !== undefined) await plane().client.delete(victim);
      await sleep((kill * 37) % 150);
      replica.signal('SIGKILL');
      await replica.gone;
    }
    await untilLeading(await startReplica(plane(), 'again', 'same'));
    for (const namespace of namespaces) await threeOf(plane(), namespace);
  }, 120_000);
});
