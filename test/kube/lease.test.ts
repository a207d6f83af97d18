import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Election, type KubeTransport, type LeaseTiming, runElection } from '../../src/kube/index.ts';
import type { KubernetesObject } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import type { CandidateOptions } from './candidate.ts';
import { type ForTest, mountBehindProxy } from './edge.ts';

interface Lease extends KubernetesObject {
  spec: {
    holderIdentity?: string | null;
    leaseDurationSeconds?: number;
    leaseTransitions?: number;
    renewTime?: string;
    acquireTime?: string;
  };
}

/** A tenth of what is usual, so that a test sees a Lease expire. */
const QUICK: LeaseTiming = { durationMs: 2_000, renewDeadlineMs: 1_200, retryMs: 200 };

let leases = 0;

function newLease(plane: ControlPlane) {
  leases += 1;
  const reference = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: `lease-${leases}`, namespace: 'default' },
  };
  const { client } = plane;
  return {
    name: reference.metadata.name,
    read: async () => (await client.get<Lease>(reference)).object.spec,
    patch: async (spec: Lease['spec']) => void (await client.patch(reference, 'merge', { spec })),
    create: async (spec: Lease['spec']) => void (await client.create({ ...reference, spec })),
    label: async (text: string) => void (await client.patch(reference, 'merge', { metadata: { labels: { text } } })),
    delete: () => client.delete(reference),
  };
}

/** A candidate that runs until the test is over, and what it was told. */
function stand(
  { onTestFinished }: ForTest,
  transport: KubeTransport,
  lease: string,
  identity: string,
  onLost: () => Promise<void> = () => Promise.resolve(),
): { election: Election; told: string[] } {
  const told: string[] = [];
  const silent = (): void => undefined;
  const election = runElection({
    transport,
    namespace: 'default',
    name: lease,
    identity,
    timing: QUICK,
    onElected: ({ number }) => told.push(`elected ${number}`),
    async onLost({ number }) {
      told.push(`lost ${number}`);
      await onLost();
    },
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
  onTestFinished(() => election.stop());
  return { election, told };
}

const leads = ({ election }: { election: Election }): boolean => election.term()?.mayWrite() === true;

/** A candidate in a process of its own. */
function spawnCandidate({ onTestFinished }: ForTest, options: CandidateOptions) {
  const program = fileURLToPath(new URL('candidate.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const told: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => told.push(line));
  return { child, told };
}

describeWithControlPlane(
  'the Lease, with a real API server',
  (plane) => {
    test.concurrent('one is elected and renews; when it stops, what it had under way ends first, and another follows', async (context) => {
      const { transport } = await mountBehindProxy(context, plane());
      const lease = newLease(plane());
      const order: string[] = [];
      const first = stand(context, transport, lease.name, 'first', async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        order.push(`done while ${(await lease.read()).holderIdentity ?? ''} holds`);
      });
      await waitFor('the first leader', () => leads(first));
      const begun = await lease.read();
      expect(begun).toMatchObject({ holderIdentity: 'first', leaseTransitions: 0, leaseDurationSeconds: 2 });
      const second = stand(context, transport, lease.name, 'second');
      await waitFor('a renewal', async () => (await lease.read()).renewTime !== begun.renewTime);
      expect(await lease.read()).toMatchObject({ holderIdentity: 'first', acquireTime: begun.acquireTime ?? '' });
      await first.election.stop();
      expect(order).toEqual(['done while first holds']);
      await waitFor('the successor', () => leads(second));
      expect(await lease.read()).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
      expect([first.told, second.told]).toEqual([['elected 0', 'lost 0'], ['elected 1']]);
    });

    test.concurrent('a Lease that is deleted is made anew, and the term goes on', async (context) => {
      const { transport } = await mountBehindProxy(context, plane());
      const lease = newLease(plane());
      const leader = stand(context, transport, lease.name, 'only');
      await waitFor('the leader', () => leads(leader));
      await lease.delete();
      await waitFor('the Lease', async () => (await lease.read()).holderIdentity === 'only');
      expect(leads(leader)).toBe(true);
      expect(leader.told).toEqual(['elected 0']);
    });

    test.concurrent.for<[string, Lease['spec'], string[]]>([
      ['nobody', { holderIdentity: '' }, ['elected 0']],
      ['nothing at all', { holderIdentity: null, renewTime: null, leaseDurationSeconds: null } as never, ['elected 0']],
      [
        'somebody who is not there, for 68 years',
        { holderIdentity: 'ghost', leaseDurationSeconds: 2_147_483_647, renewTime: '2099-01-01T00:00:00.000000Z' },
        ['elected 0', 'lost 0', 'elected 1'],
      ],
    ])('a Lease in which an outsider writes %s ends nothing for long', async ([_what, spec, expected], context) => {
      const { transport } = await mountBehindProxy(context, plane());
      const lease = newLease(plane());
      const leader = stand(context, transport, lease.name, 'only');
      await waitFor('the leader', () => leads(leader));
      await lease.patch(spec);
      await waitFor('the outcome', () => leader.told.length === expected.length && leads(leader));
      await waitFor('the Lease', async () => (await lease.read()).holderIdentity === 'only');
      expect(leader.told).toEqual(expected);
    });

    test.concurrent('labels that somebody keeps changing are no sign of life', async (context) => {
      const { transport } = await mountBehindProxy(context, plane());
      const lease = newLease(plane());
      await lease.create({ holderIdentity: 'ghost', leaseDurationSeconds: 1 });
      const candidate = stand(context, transport, lease.name, 'only');
      for (let change = 0; !leads(candidate); change += 1) {
        await lease.label(`text-${change}`).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(change).toBeLessThan(100);
      }
    });

    test.concurrent('a leader that gets no answers stops before another may begin, and comes back', async (context) => {
      const [cut, straight] = [await mountBehindProxy(context, plane()), await mountBehindProxy(context, plane())];
      const lease = newLease(plane());
      const leader = stand(context, cut.transport, lease.name, 'leader');
      await waitFor('the leader', () => leads(leader));
      const follower = stand(context, straight.transport, lease.name, 'follower');
      cut.proxy.blackHole(true);
      await waitFor('the end of the term', () => leader.told.includes('lost 0'));
      expect(leads(follower)).toBe(false);
      await waitFor('the successor', () => leads(follower));
      cut.proxy.blackHole(false);
      await follower.election.stop();
      await waitFor('the first leader again', () => leads(leader));
      expect(leader.told).toEqual(['elected 0', 'lost 0', 'elected 2']);
    });

    test.concurrent('whatever becomes of their calls, there are never two leaders', async (context) => {
      const { transport, proxy } = await mountBehindProxy(context, plane());
      const lease = newLease(plane());
      const candidates = ['a', 'b', 'c'].map((identity) => stand(context, transport, lease.name, identity));
      const faults = [
        'reset',
        'reset after',
        { answer: 500 },
        { answer: 409 },
        { answer: 429 },
        { delayMs: 700 },
      ] as const;
      // Four of ten requests, in an order that is always the same and that no retry falls into step with.
      proxy.inject((_request, index) =>
        (index * 7_919) % 101 < 60 ? undefined : faults[(index * 31) % faults.length],
      );
      const seen = new Set<number>();
      const end = performance.now() + 4_000;
      while (performance.now() < end) {
        seen.add(candidates.filter(leads).length);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      proxy.heal();
      await waitFor('one leader', () => candidates.some(leads));
      expect(seen).toEqual(new Set([0, 1]));
      expect(proxy.requests.length).toBeLessThan(400);
    });

    test.concurrent('a leader that is stopped and continued begins no write', async (context) => {
      const [one, other] = [await mountBehindProxy(context, plane()), await mountBehindProxy(context, plane())];
      const lease = newLease(plane());
      const shared = { namespace: 'default', lease: lease.name, timing: QUICK };
      const stopped = spawnCandidate(context, { ...shared, ...one, url: one.proxy.url, identity: 'stopped' });
      const writes = (): number => one.proxy.requests.filter(({ url }) => url.includes('written-by-stopped')).length;
      await waitFor('writes of the leader', () => writes() > 10);
      const next = spawnCandidate(context, { ...shared, ...other, url: other.proxy.url, identity: 'next' });
      stopped.child.kill('SIGSTOP');
      await waitFor('the successor', () => next.told.includes('elected 1'));
      // Whatever was under way when it was stopped has arrived.
      await new Promise((resolve) => setTimeout(resolve, 500));
      const before = writes();
      stopped.child.kill('SIGCONT');
      await waitFor('the old leader to know', () => stopped.told.includes('lost 0'));
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(writes()).toBe(before);
      expect(stopped.told).toEqual(['elected 0', 'lost 0']);
      next.child.kill('SIGKILL');
      await waitFor('a leader after the kill', () => stopped.told.includes('elected 2'));
      stopped.child.kill('SIGTERM');
      await waitFor('the Lease to be given up', async () => (await lease.read()).holderIdentity === '');
    });
  },
  { controllers: false },
);
