import { setTimeout as sleep } from 'node:timers/promises';
import { INJECTION_LABEL } from '../../src/settings/index.ts';
import { SYNCED_OBJECTS } from '../../src/sync/index.ts';
import type { KubernetesObject } from '../../test/control-plane/client.ts';
import { waitFor } from '../../test/control-plane/wait-for.ts';
import { type Section, showBound } from '../report.ts';
import type { Bench } from './bench.ts';
import { isNotFound, optedIn } from './cluster.ts';
import { followUntilConverged } from './converging.ts';
import { eachOf } from './each-of.ts';
import { tracingConfig } from './objects.ts';
import { startController } from './programs.ts';
import { measureAwake } from './standstill.ts';

const CHANGES = 200;
const NEWCOMERS = 200;
/** Between two newcomers: far enough apart that each comes alone, and that they spread over the time of the others. */
const NEWCOMER_PAUSE_MS = 100;
const CHANGE_PAUSE_MS = 50;
/** How exact a time is known. It is always too long, never too short, by this and one call. */
const LOOK_MS = 10;
const PATIENCE_MS = 60_000;
const AT_A_TIME = 8;
/** So far: a name is used once, since what was created stays. */
let newcomers = 0;

/** Namespaces that are created while all others are being synced, from nothing. */
export async function measureNewcomers(bench: Bench): Promise<Section[]> {
  return await measureAwake(bench.say, () => welcomeNewcomers(bench));
}

async function welcomeNewcomers(bench: Bench): Promise<Section[]> {
  const { cluster, say, hurry } = bench;
  const { client } = cluster.plane;
  say('removing what is there, then: newcomers');
  await cluster.clean();
  const others = cluster.names.length;
  const [times, names]: [number[], string[]] = [[], []];
  const seen = { synced: 0 };
  const controller = await startController(cluster, { node: bench.nodeOptions('newcomers') });
  try {
    const following = followUntilConverged(cluster, controller, (now) => void (seen.synced = now));
    following.catch(() => undefined);
    await waitFor('the first namespace to be in order', () => seen.synced > 0, {
      timeoutMs: PATIENCE_MS,
      everyMs: LOOK_MS,
    });
    const waiting: Promise<void>[] = [];
    while (seen.synced < others * 0.95 && waiting.length < NEWCOMERS / hurry) {
      const name = `newcomer-${newcomers}`;
      newcomers += 1;
      const begin = performance.now();
      names.push(name);
      await client.create(optedIn(name));
      waiting.push(untilWhole(bench, name).then(() => void times.push(performance.now() - begin)));
      await sleep(NEWCOMER_PAUSE_MS);
    }
    await Promise.all(waiting);
    await following;
    // They are no part of what the others are measured with.
    await eachOf(names, AT_A_TIME, (name) => optOut(bench, name));
  } finally {
    await controller.stop();
  }
  return [
    {
      title: 'A namespace that is created while all others are being synced',
      about: `From sending the creation to having seen all three objects, one newcomer every ${NEWCOMER_PAUSE_MS} ms from the first namespace in order until 95 % are, ${NEWCOMERS} at most. Found by asking every ${LOOK_MS} ms.`,
      ...distribution(times, 1_000),
    },
  ];
}

/** A namespace's own settings change, with all namespaces in order. */
export async function measureChanges(bench: Bench): Promise<Section[]> {
  return await measureAwake(bench.say, () => changeConfigs(bench));
}

async function changeConfigs(bench: Bench): Promise<Section[]> {
  const { cluster, say, hurry } = bench;
  const { client } = cluster.plane;
  const step = Math.max(1, Math.floor((cluster.names.length * hurry) / CHANGES));
  const chosen = cluster.names.filter((_, index) => index % step === 0).slice(0, CHANGES / hurry);
  const times: number[] = [];
  const controller = await startController(cluster, { node: bench.nodeOptions('changes') });
  try {
    await followUntilConverged(cluster, controller);
    say(`changes of ${chosen.length} TracingConfigs`);
    await eachOf(chosen, AT_A_TIME, (name) => client.create(tracingConfig(name, 0.5)));
    await eachOf(chosen, AT_A_TIME, (name) => untilRate(bench, name, 0.5));
    for (const [index, name] of chosen.entries()) {
      const param = (index + 1) / 1_000;
      const begin = performance.now();
      await client.patch(tracingConfig(name, param), 'merge', { spec: tracingConfig(name, param).spec });
      await untilRate(bench, name, param);
      times.push(performance.now() - begin);
      await sleep(CHANGE_PAUSE_MS);
    }
    await eachOf(chosen, AT_A_TIME, (name) => client.delete(tracingConfig(name, 0)));
    await followUntilConverged(cluster, controller);
  } finally {
    await controller.stop();
  }
  return [
    {
      title: 'A TracingConfig that changes',
      about: `${cluster.names.length} namespaces in order. From sending the change to having seen both ConfigMaps of the namespace with it, ${chosen.length} changes, each of another namespace, one after the other. Found by asking every ${LOOK_MS} ms.`,
      ...distribution(times, 500),
    },
  ];
}

function distribution(times: readonly number[], most: number): Pick<Section, 'head' | 'rows'> {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return {
    head: ['how many', 'p50, ms', 'p90, ms', 'p99, ms', 'longest, ms', 'bound of the p99'],
    rows: [
      [
        String(times.length),
        ...[at(0.5), at(0.9), at(0.99), at(1)].map((ms) => ms.toFixed(0)),
        showBound(at(0.99), most, ' ms'),
      ],
    ],
  };
}

interface Content extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

async function optOut({ cluster }: Bench, name: string): Promise<void> {
  const { client } = cluster.plane;
  await client.patch(optedIn(name), 'merge', { metadata: { labels: { [INJECTION_LABEL]: null } } });
}

const ENV = SYNCED_OBJECTS['ConfigMap/tracehook-env'];
const SAMPLING = SYNCED_OBJECTS['ConfigMap/tracehook-sampling'];

async function find(
  { cluster }: Bench,
  namespace: string,
  collection: string,
  name: string,
): Promise<Content | undefined> {
  try {
    const { object } = await cluster.plane.client.get<Content>(`/api/v1/namespaces/${namespace}/${collection}/${name}`);
    return object;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Waits for the three, one after the other: the first that is late is the one that is waited for. */
async function untilWhole(bench: Bench, namespace: string): Promise<void> {
  for (const { key, collection, name } of Object.values(SYNCED_OBJECTS)) {
    await waitFor(`${key} of ${namespace}`, () => find(bench, namespace, collection, name), {
      timeoutMs: PATIENCE_MS,
      everyMs: LOOK_MS,
    });
  }
}

/** Waits until both ConfigMaps have the rate. */
async function untilRate(bench: Bench, namespace: string, param: number): Promise<void> {
  const options = { timeoutMs: PATIENCE_MS, everyMs: LOOK_MS };
  const has = async ({ collection, name }: typeof ENV, key: string, text: string): Promise<boolean> =>
    (await find(bench, namespace, collection, name))?.data?.[key]?.includes(text) ?? false;
  await waitFor(`${ENV.key} of ${namespace}`, () => has(ENV, 'OTEL_TRACES_SAMPLER_ARG', String(param)), options);
  await waitFor(
    `${SAMPLING.key} of ${namespace}`,
    () => has(SAMPLING, 'strategies.json', `"param": ${param}`),
    options,
  );
}
