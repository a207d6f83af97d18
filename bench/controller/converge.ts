import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../test/control-plane/wait-for.ts';
import { type Section, showBound, showSpread } from '../report.ts';
import { figure, type Figures, interleave, ratio } from '../rounds.ts';
import type { Bench } from './bench.ts';
import { countConfigMaps } from './cluster.ts';
import { followUntilConverged } from './converging.ts';
import { type Counted, cpuSecondsOf, memoryOf, since, sumOf, watchesStanding, writesAnswered } from './looks.ts';
import { buildLoop, type Loop, startController, startPublisher } from './programs.ts';

const WAYS = ['ours', 'loop', 'publisher'] as const;
/** Behind the last answer: what is still counted, and what a process does that has something to say about its work. */
const SETTLE_MS = 5_000;
const PUBLISHER_LOOK_MS = 250;
/** A hundred times what 20 requests a second take. */
const PUBLISHER_MS_A_NAMESPACE = 5_000;

/** Writes as the API server has counted them, in a run of the controller. */
interface Written {
  readonly objects: Counted;
  readonly others: Counted;
}

/** From nothing to everything, by the controller, by the bare loop, by kube-controller-manager; then the controller again. */
export async function measureConvergence(bench: Bench): Promise<Section[]> {
  const { cluster } = bench;
  const loop = await buildLoop(cluster);
  const [first, again]: [Written[], Written[]] = [[], []];
  const rounds = await interleave(WAYS, bench.rounds, async (way) => {
    const figures = await withoutTraces(bench, way, async () => {
      if (way === 'publisher') return await publish(bench);
      if (way === 'loop') return await runLoop(bench, loop);
      return await converge(bench, first, again);
    });
    bench.say(`${way}: ${((figures['ms'] ?? Number.NaN) / 1_000).toFixed(1)} s`);
    return figures;
  });
  const ratios = {
    loop: ratio(rounds.ours, rounds.loop, 'ms'),
    publisher: ratio(rounds.ours, rounds.publisher, 'ms'),
    writing: ratio(rounds.ours, rounds.loop, 'writingMs'),
  };
  const of = (way: (typeof WAYS)[number], name: string, digits = 2) => showSpread(figure(rounds[way], name), digits);
  const [connections, watches] = [figure(rounds.ours, 'connections'), figure(rounds.ours, 'watches')];
  return [
    {
      title: 'From nothing to everything',
      about: `${cluster.names.length} opted-in namespaces, made beforehand. The controller from the start of its process, with its lists, election and watches, to the last namespace in order; the bare loop (bench/controller/loop.ts) from its first call to the last answer, its ${cluster.names.length * 3} writes made beforehand; the publisher from the start of kube-controller-manager, which runs nothing else and has its default of 20 requests a second, to the last of one ConfigMap a namespace. What one has made is removed before the next begins.`,
      head: ['', 'time, s', 'first write after, s', 'CPU of the process, s', 'CPU of API server and etcd, s'],
      rows: WAYS.map((way) => [
        { ours: 'tracehook controller', loop: 'bare loop', publisher: "kube-controller-manager's publisher" }[way],
        of(way, 's'),
        way === 'ours' ? of(way, 'firstWrite') : '',
        of(way, 'cpu'),
        of(way, 'serverCpu'),
      ]),
      remarks: [
        `Looks of the controller at each namespace: ${of('ours', 'looks')}.`,
        `Against the bare loop: ${showSpread(ratios.loop, 2)} (bound ${showBound(ratios.loop.median, 1.3)}); from its first write alone ${showSpread(ratios.writing, 2)}.`,
        `Against the publisher: ${showSpread(ratios.publisher, 3)} (bound ${showBound(ratios.publisher.median, 0.25)}).`,
        `Connections of the controller: ${showSpread(connections, 0)} at most at once, of them ${showSpread(watches, 0)} for watches, each one its own, as the API server counts them (bound of the others ${showBound(connections.most - watches.least, 4)}).`,
        `Memory of the controller in the end: ${of('ours', 'resident', 1)} MB resident, ${of('ours', 'peak', 1)} MB at its peak, with Node's own settings.`,
      ],
    },
    writesSection(cluster.names.length, first, again),
  ];
}

/** Removes what is there before and says what is measured. */
async function withoutTraces(bench: Bench, way: string, measure: () => Promise<Figures>): Promise<Figures> {
  bench.say(`removing what is there, then: ${way}`);
  await bench.cluster.clean();
  await sleep(SETTLE_MS / bench.hurry);
  return await measure();
}

async function converge(bench: Bench, first: Written[], again: Written[]): Promise<Figures> {
  const { cluster } = bench;
  const { plane } = cluster;
  const settle = () => sleep(SETTLE_MS / bench.hurry);
  const [writesBefore, watchesBefore] = [await writesAnswered(plane), await watchesStanding(plane)];
  const serverBefore = await cpuSecondsOf(plane.pids);
  const controller = await startController(cluster, { node: bench.nodeOptions('converge') });
  let end;
  let serverCpu;
  let memory;
  let watches;
  try {
    end = await followUntilConverged(cluster, controller);
    serverCpu = (await cpuSecondsOf(plane.pids)) - serverBefore;
    await settle();
    watches = sumOf(since(watchesBefore, await watchesStanding(plane)));
    memory = await memoryOf(controller.pid);
  } finally {
    await controller.stop();
  }
  const writesBetween = await writesAnswered(plane);
  first.push(split(since(writesBefore, writesBetween)));
  bench.say('the same once more, with everything there');
  const successor = await startController(cluster, { node: bench.nodeOptions('restart') });
  try {
    await followUntilConverged(cluster, successor);
    await settle();
  } finally {
    await successor.stop();
  }
  again.push(split(since(writesBetween, await writesAnswered(plane))));
  return {
    ms: end.ms,
    s: end.ms / 1_000,
    writingMs: end.ms - end.firstWriteMs,
    firstWrite: end.firstWriteMs / 1_000,
    cpu: end.cpuMs / 1_000,
    serverCpu,
    connections: end.connections,
    looks: end.reconciles / cluster.names.length,
    watches,
    ...memory,
  };
}

async function runLoop({ cluster }: Bench, loop: Loop): Promise<Figures> {
  const before = await cpuSecondsOf(cluster.plane.pids);
  const { ms, cpuMs } = await loop(cluster.names.length);
  const serverCpu = (await cpuSecondsOf(cluster.plane.pids)) - before;
  return { ms, s: ms / 1_000, writingMs: ms, cpu: cpuMs / 1_000, serverCpu };
}

async function publish({ cluster }: Bench): Promise<Figures> {
  const { plane, names } = cluster;
  const namespaces = (await plane.client.list({ apiVersion: 'v1', kind: 'Namespace' })).length;
  const wanted = (await countConfigMaps(plane)) + namespaces;
  const before = await cpuSecondsOf(plane.pids);
  const begin = performance.now();
  const publisher = await startPublisher(cluster);
  try {
    await Promise.race([
      publisher.ended,
      waitFor('the publisher', async () => (await countConfigMaps(plane)) >= wanted, {
        timeoutMs: names.length * PUBLISHER_MS_A_NAMESPACE,
        everyMs: PUBLISHER_LOOK_MS,
      }),
    ]);
    const ms = performance.now() - begin;
    const serverCpu = (await cpuSecondsOf(plane.pids)) - before;
    return { ms, s: ms / 1_000, writingMs: ms, cpu: await cpuSecondsOf([publisher.pid]), serverCpu };
  } finally {
    await publisher.stop();
  }
}

const OURS = / (configmaps|services)$/;

function split(counted: Counted): Written {
  const entries = [...counted];
  return {
    objects: new Map(entries.filter(([key]) => OURS.test(key))),
    others: new Map(entries.filter(([key]) => !OURS.test(key))),
  };
}

function writesSection(namespaces: number, first: readonly Written[], again: readonly Written[]): Section {
  const show = (counted: Counted) => [...counted].map(([key, value]) => `${value} ${key}`).join(', ') || 'none';
  const rows = [...first.entries()].map(([round, written]) => [
    String(round + 1),
    show(written.objects),
    show(written.others),
    show(again[round]?.objects ?? new Map()),
    show(again[round]?.others ?? new Map()),
  ]);
  const isExact = first.every(
    ({ objects }) => sumOf(objects) === 3 * namespaces && sumOf(objects, isPost) === sumOf(objects),
  );
  const isQuiet = again.every(({ objects, others }) => sumOf(objects) === 0 && sumOf(others, isNoLease) === 0);
  return {
    title: 'Writes',
    about:
      'All writes that the API server has answered meanwhile (apiserver_request_total), refused ones included: of the objects in namespaces, and others, which are the Lease, its renewals, and the status of the ClusterTracingConfig. Then the controller is stopped and started again.',
    head: ['round', 'objects', 'others', 'after a restart: objects', 'others'],
    rows,
    remarks: [
      `Exactly three writes a namespace: ${isExact ? 'held' : 'not held'}. A restart writes nothing but its Lease: ${isQuiet ? 'held' : 'not held'}.`,
    ],
  };
}

function isPost(key: string): boolean {
  return key.startsWith('POST ');
}

function isNoLease(key: string): boolean {
  return !key.endsWith(' leases');
}
