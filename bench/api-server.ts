import { decide } from '../src/webhook/decide.ts';
import { readReview } from '../src/webhook/review.ts';
import { findControlPlane } from '../test/control-plane/binaries.ts';
import type { KubernetesObject } from '../test/control-plane/client.ts';
import { startControlPlane } from '../test/control-plane/control-plane.ts';
import { reviewBody } from '../test/load-driver/index.ts';
import { waitFor } from '../test/control-plane/wait-for.ts';
import { mutatingWebhookConfiguration } from '../test/control-plane/webhook-configuration.ts';
import type { Bench } from './bench.ts';
import { readConfiguration } from './configuration.ts';
import { type Section, showBound, showSpread } from './report.ts';
import { podOfSize } from './reviews.ts';
import { figure, type Figures, interleave, ratio } from './rounds.ts';

const CREATIONS = 150;
/** A namespace for each: the registrations select by name. */
const WAYS = ['without', 'floor', 'patching', 'ours'] as const;
const TITLES: Readonly<Record<(typeof WAYS)[number], string>> = {
  without: 'without a webhook',
  floor: 'floor',
  patching: 'floor that gives our patch, ready-made',
  ours: 'ours',
};

/** Creation of a Pod through a real kube-apiserver, as a dry run: without a webhook, with the floor, with ours. */
export async function measureApiServer(bench: Bench): Promise<{ sections: Section[]; version: string }> {
  const search = await findControlPlane({ build: true });
  if ('missing' in search) throw new Error(`the API server is not here: ${search.missing}`);
  const plane = await startControlPlane({ controllers: false, log: () => {} });
  const servers = {
    floor: await bench.start('floor'),
    patching: await bench.startPatchingFloor(await ourPatch()),
    ours: await bench.start('ours'),
  };
  const contenders = ['floor', 'patching', 'ours'] as const;
  try {
    for (const way of WAYS) {
      const labels = { 'tracehook.io/injection': 'enabled', bench: way };
      await plane.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: way, labels } });
    }
    for (const name of contenders) {
      const registration = mutatingWebhookConfiguration({ name, url: servers[name].url, caBundlePem: bench.caPem });
      await plane.client.create(onlyFor(registration, name));
    }
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
    const ofPatching = ratio(rounds.ours, rounds.patching, 'p50');
    return {
      version: plane.version.gitVersion,
      sections: [
        {
          title: 'Through the API server',
          about: `Creations of a Pod of 8 KB as server-side dry runs, one after the other, ${CREATIONS} a round; milliseconds as the client sees them. API server and etcd have no core of their own. A patch is work for the API server too, which applies it, reads the result, and checks it: the third row has that, and nothing of ours.`,
          head: ['', 'p50, ms', 'mean, ms', 'p50 against the floor', 'bound of the median'],
          rows: WAYS.map((way) => [
            TITLES[way],
            showSpread(figure(rounds[way], 'p50'), 2),
            showSpread(figure(rounds[way], 'mean'), 2),
            showSpread(ratio(rounds[way], rounds.floor, 'p50'), 2),
            way === 'ours'
              ? `${showBound(bound.median, 1.1)}; against the third row: ${showSpread(ofPatching, 2)}`
              : '',
          ]),
        },
      ],
    };
  } finally {
    for (const name of contenders) await servers[name].stop();
    await plane.stop();
  }
}

/** A Pod that the API server takes: without an owner, which is not there. */
function podFor(way: string): KubernetesObject {
  const { metadata, ...rest } = podOfSize(8, 'env') as unknown as KubernetesObject;
  const { ownerReferences: _owner, managedFields: _fields, ...named } = { ...metadata } as Record<string, unknown>;
  return { ...rest, apiVersion: 'v1', kind: 'Pod', metadata: { ...named, namespace: way } };
}

async function ourPatch(): Promise<string> {
  const configuration = await readConfiguration();
  const read = readReview(reviewBody(podFor('ours'), 'ours'));
  if (!('review' in read)) throw new Error(read.refusal.error);
  const { patch } = decide(read.review, { optIn: 'enabled', configuration: () => configuration });
  if (patch === undefined) throw new Error('there is no patch');
  return patch;
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
