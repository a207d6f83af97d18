import { expect, test } from 'vitest';
import type { KubeTransport } from '../../src/kube/index.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import type { Fault, SeenRequest } from '../fault-proxy/fault-proxy.ts';
import { converged, mountBehindProxy, newCollection, watchTexts } from './edge.ts';

const EXPIRED = '{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}\n';

/** Where requests are counted one by one, a busy machine must not add any. */
const PATIENT = { callMs: 30_000, silenceMs: [60_000, 60_000] } as const;

/** Each second request of those that the fault is about goes wrong. */
const FAULTS: readonly [what: string, fault: Fault, about: (request: SeenRequest) => boolean][] = [
  ['500', { answer: 500 }, () => true],
  ['503 without a Status', { answer: 503, body: 'upstream connect error' }, () => true],
  ['429 with Retry-After', { answer: 429, headers: { 'retry-after': '1' } }, ({ isWatch }) => isWatch],
  ['410 while paging', { answer: 410 }, ({ url }) => url.includes('continue=')],
  ['410 instead of a watch', { answer: 410 }, ({ isWatch }) => isWatch],
  ['410 as an event of a watch', { answer: 200, body: EXPIRED }, ({ isWatch }) => isWatch],
  ['a watch that is no JSON', { answer: 200, body: '<html>\n' }, ({ isWatch }) => isWatch],
  ['a watch that ends at once', { answer: 200, body: '' }, ({ isWatch }) => isWatch],
  ['a list that is no list', { answer: 200, body: '{}' }, ({ isWatch }) => !isWatch],
  ['connections that are reset', 'reset', () => true],
  ['connections that end', 'drop', () => true],
  ['no answer', 'hang', () => true],
  ['a page that breaks off', { cutAfter: 900 }, ({ isWatch }) => !isWatch],
  ['a watch that breaks off within an event', { cutAfter: 700 }, ({ isWatch }) => isWatch],
  ['delays', { delayMs: 150 }, () => true],
];

describeWithControlPlane(
  'list and watch, with a real API server',
  (plane) => {
    test.concurrent('a list comes in pages, and then every change', async (context) => {
      const collection = await newCollection(plane(), 20);
      const { transport, proxy } = await mountBehindProxy(context, plane());
      const watched = watchTexts(context, transport, collection.path, { timing: PATIENT });
      await converged(watched, collection);
      expect(proxy.requests.filter(({ isWatch }) => !isWatch)).toHaveLength(3);
      await collection.put('first-3', 'grüße');
      await collection.put('new', 'x'.repeat(900_000));
      await collection.remove('first-4');
      await converged(watched, collection);
      expect(watched.changes.slice(20).map(({ type, key }) => `${type} ${key.split('/')[1]}`)).toEqual([
        'changed first-3',
        'added new',
        'deleted first-4',
      ]);
      expect(watched.objects.trouble()).toBeUndefined();
    });

    test.concurrent('where metadata is enough, nothing else is sent', async (context) => {
      const collection = await newCollection(plane(), 3);
      const { transport } = await mountBehindProxy(context, plane());
      const { objects } = watchTexts(context, transport, collection.path, { metadataOnly: true });
      await waitFor('the first list', () => objects.synced());
      await collection.put('later', 'secret');
      await waitFor('the event', () => objects.known.size === 4);
      expect(new Set([...objects.known].map(([, text]) => text))).toEqual(new Set(['']));
    });

    test.concurrent('a page of too many bytes is asked for in smaller ones', async (context) => {
      const collection = await newCollection(plane());
      for (const name of ['a', 'b', 'c']) await collection.put(name, name.repeat(2_000));
      const { transport, proxy } = await mountBehindProxy(context, plane());
      const small: KubeTransport = { ...transport, call: (call) => transport.call({ ...call, maxBytes: 4_000 }) };
      const watched = watchTexts(context, small, collection.path, { timing: PATIENT });
      await converged(watched, collection);
      const limits = proxy.requests.map(({ url }) => new URLSearchParams(url.split('?')[1]).get('limit'));
      expect(limits.slice(0, 4)).toEqual(['7', '1', '1', '1']);
    });

    test.concurrent.for(FAULTS)(
      '%s, again and again: it comes back, and asks a bounded number of times',
      async ([_what, fault, about], context) => {
        const collection = await newCollection(plane(), 15);
        const { transport, proxy } = await mountBehindProxy(context, plane());
        let turn = 0;
        proxy.inject((request) => {
          if (!about(request)) return undefined;
          turn += 1;
          return turn % 2 === 1 ? fault : undefined;
        });
        const watched = watchTexts(context, transport, collection.path);
        for (let round = 0; round < 3; round += 1) {
          await collection.put(`during-${round}`, `x${round}`);
          await collection.put('first-1', `changed ${round}`);
          await collection.remove(`first-${round + 5}`);
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
        proxy.heal();
        await converged(watched, collection);
        expect(proxy.requests.length).toBeLessThan(80);
        expect(proxy.connections().most).toBeLessThanOrEqual(6);
      },
    );

    test.concurrent('a server that fails for good is asked ever more seldom', async (context) => {
      const collection = await newCollection(plane(), 3);
      const { transport, proxy } = await mountBehindProxy(context, plane());
      const watched = watchTexts(context, transport, collection.path);
      await converged(watched, collection);
      proxy.inject(() => ({ answer: 500 }));
      proxy.resetAll();
      const before = proxy.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      // 25 ms doubled to 400 ms: some eight attempts, each once.
      expect(proxy.requests.length - before).toBeLessThan(25);
      expect(watched.objects.trouble()).toMatchObject({ failure: 'ServerError', status: 500 });
      expect(watched.objects.known.size).toBe(3);
      proxy.heal();
      await collection.remove('first-0');
      await converged(watched, collection);
    });

    test.concurrent('what was deleted, and made anew, while nobody could watch is told as such', async (context) => {
      const collection = await newCollection(plane(), 12);
      const { transport, proxy } = await mountBehindProxy(context, plane());
      const watched = watchTexts(context, transport, collection.path, { timing: PATIENT });
      await converged(watched, collection);
      const told = watched.changes.length;
      let expired = false;
      proxy.inject(() => 'reset');
      proxy.resetAll();
      await collection.remove('first-2');
      await collection.remove('first-3');
      await collection.put('first-3', 'another');
      await collection.put('first-4', 'changed');
      proxy.inject(({ isWatch }) => {
        if (!isWatch || expired) return undefined;
        expired = true;
        return { answer: 200, body: EXPIRED };
      });
      await converged(watched, collection);
      const since = watched.changes.slice(told).map(({ type, key }) => `${type} ${key.split('/')[1]}`);
      expect(since.toSorted()).toEqual(['added first-3', 'changed first-4', 'deleted first-2', 'deleted first-3']);
    });

    test.concurrent('a black hole is noticed by its silence', async (context) => {
      const collection = await newCollection(plane(), 5);
      const { transport, proxy } = await mountBehindProxy(context, plane());
      const watched = watchTexts(context, transport, collection.path);
      await converged(watched, collection);
      proxy.blackHole(true);
      await collection.remove('first-0');
      await collection.put('in-the-dark', 'x');
      await waitFor('the silence to be noticed', () => watched.objects.trouble());
      expect(watched.objects.trouble()).toMatchObject({ failure: 'Timeout' });
      expect(watched.objects.known.size).toBe(5);
      proxy.blackHole(false);
      await converged(watched, collection);
      expect(proxy.requests.length).toBeLessThan(20);
    });

    test.concurrent('a callback that throws ends nothing', async (context) => {
      const collection = await newCollection(plane(), 2);
      const { transport } = await mountBehindProxy(context, plane());
      const watched = watchTexts(context, transport, collection.path);
      watched.changes.push = () => {
        throw new Error('a mistake');
      };
      await waitFor('the first list', () => watched.objects.synced());
      await collection.put('later', 'x');
      await waitFor('the event', () => watched.objects.known.size === 3);
      expect(watched.lines.filter((line) => line.includes('a mistake'))).toHaveLength(3);
    });
  },
  { controllers: false },
);
