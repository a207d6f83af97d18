import { findControlPlane } from '../test/control-plane/binaries.ts';
import type { KubernetesObject } from '../test/control-plane/client.ts';
import { startControlPlane } from '../test/control-plane/control-plane.ts';
import { waitFor } from '../test/control-plane/wait-for.ts';
import { mutatingWebhookConfiguration } from '../test/control-plane/webhook-configuration.ts';
import { type Bench, CONTENDERS } from './bench.ts';
import { type Section, showBound, showSpread } from './report.ts';
import { podOfSize } from './reviews.ts';
import { figure, type Figures, interleave, ratio } from './rounds.ts';

const CREATIONS = 150;
/** A namespace for each: the registrations select by name. */
const WAYS = ['without', 'floor', 'ours'] as const;

/** Creation of a Pod through a real kube-apiserver, as a dry run: without a webhook, with the floor, with ours. */
export async function measureApiServer(bench: Bench): Promise<{ sections: Section[]; version: string }> {
  const search = await findControlPlane({ build: true });
  if ('missing' in search) throw new Error(`the API server is not here: ${search.missing}`);
  const plane = await startControlPlane({ controllers: false, log: () => {} });
  const servers = { floor: await bench.start('floor'), ours: await bench.start('ours') };
  try {
    for (const way of WAYS) {
      const labels = { 'tracehook.io/injection': 'enabled', bench: way };
      await plane.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: way, labels } });
    }
    for (const name of CONTENDERS) {
      const registration = mutatingWebhookConfiguration({ name, url: servers[name].url, caBundlePem: bench.caPem });
      await plane.client.create(onlyFor(registration, name));
    }
    const podFor = (way: string): KubernetesObject => {
      const { metadata, ...rest } = podOfSize(8, 'env') as unknown as KubernetesObject;
      const { ownerReferences: _owner, ...named } = { ...metadata } as Record<string, unknown>;
      return { ...rest, apiVersion: 'v1', kind: 'Pod', metadata: { ...named, namespace: way } };
    };
    await waitFor('our webhook to be called', async () => {
      const { object } = await plane.client.create(podFor('ours'), { dryRun: true });
      return object.metadata?.annotations?.['tracehook.io/status'] !== undefined;
    });
    const create = async (way: string): Promise<number> => {
      const begin = performance.now();
      await plane.client.create(podFor(way), { dryRun: true });
      return performance.now() - begin;
    };
    for (const way of WAYS) for (let warm = 0; warm < 100 / bench.hurry; warm++) await create(way);
    bench.say('creations through the API server');
    const rounds = await interleave(WAYS, bench.rounds, async (way): Promise<Figures> => {
      const times: number[] = [];
      for (let creation = 0; creation < CREATIONS / bench.hurry; creation++) times.push(await create(way));
      times.sort((a, b) => a - b);
      return {
        p50: times[Math.floor(times.length / 2)] ?? 0,
        mean: times.reduce((sum, time) => sum + time, 0) / times.length,
      };
    });
    const bound = ratio(rounds.ours, rounds.floor, 'p50');
    return {
      version: plane.version.gitVersion,
      sections: [
        {
          title: 'Through the API server',
          about: `Creations of a Pod of 8 KB as server-side dry runs, one after the other, ${CREATIONS} a round; milliseconds as the client sees them. API server and etcd have no core of their own.`,
          head: ['', 'p50, ms', 'mean, ms', 'p50 against the floor', 'bound of the median'],
          rows: WAYS.map((way) => [
            way === 'without' ? 'without a webhook' : way,
            showSpread(figure(rounds[way], 'p50'), 2),
            showSpread(figure(rounds[way], 'mean'), 2),
            showSpread(ratio(rounds[way], rounds.floor, 'p50'), 2),
            way === 'ours' ? showBound(bound.median, 1.1) : '',
          ]),
        },
      ],
    };
  } finally {
    for (const name of CONTENDERS) await servers[name].stop();
    await plane.stop();
  }
}

/** The registration, for the namespace of its contender alone. */
function onlyFor<T extends KubernetesObject>(registration: T, contender: string): T {
  const { webhooks } = registration as unknown as { webhooks: { namespaceSelector: { matchLabels?: object } }[] };
  const narrowed = webhooks.map((webhook) => ({
    ...webhook,
    namespaceSelector: {
      ...webhook.namespaceSelector,
      matchLabels: { ...webhook.namespaceSelector.matchLabels, bench: contender },
    },
  }));
  return { ...registration, webhooks: narrowed };
}
