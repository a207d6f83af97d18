import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../test/control-plane/wait-for.ts';
import { type Section, showBound, showSpread } from '../report.ts';
import { figure, type Figures, interleave, ratio } from '../rounds.ts';
import type { Bench } from './bench.ts';
import { countConfigMaps } from './cluster.ts';
import { followUntilConverged } from './converging.ts';
import { cpuSecondsOf, memoryOf, since, sumOf, watchesStanding, writesAnswered } from './looks.ts';
import { buildLoop, type Loop, startController, startPublisher } from './programs.ts';
import { measureAwake } from './standstill.ts';
import { splitWrites, type Written, writesSection } from './writes.ts';

const WAYS = ['ours', 'loop', 'publisher'] as const;
/** Behind the last answer: what is still counted, and what a process does that has something to say about its work. */
const SETTLE_MS = 5_000;
const PUBLISHER_LOOK_MS = 250;
/** A hundred times what 20 requests a second take. */
const PUBLISHER_MS_A_NAMESPACE = 5_000;

/** From nothing to everything, by the controller, by the bare loop, by kube-controller-manager; then the controller again. */
export async function measureConvergence(bench: Bench): Promise<Section[]> {
  const { cluster } = bench;
  const loop = await buildLoop(cluster);
  const runs: ControllerRun[] = [];
  let latest: ControllerRun | undefined;
  const rounds = await interleave(WAYS, bench.rounds, async (way) => {
    const figures = await measureAwake(bench.say, async () => {
      await removeTraces(bench, way);
      if (way === 'publisher') return await publish(bench);
      if (way === 'loop') return await runLoop(bench, loop);
      latest = await converge(bench);
      return latest.figures;
    });
    if (way === 'ours' && latest !== undefined) runs.push(latest);
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
    writesSection(cluster.names.length, runs),
  ];
}

async function removeTraces(bench: Bench, way: string): Promise<void> {
  bench.say(`removing what is there, then: ${way}`);
  await bench.cluster.clean();
  await sleep(SETTLE_MS / bench.hurry);
}

interface ControllerRun {
  readonly figures: Figures;
  readonly first: Written;
  /** After a restart, with everything there. */
  readonly again: Written;
}

async function converge(bench: Bench): Promise<ControllerRun> {
  const { plane } = bench.cluster;
  const before = await writesAnswered(plane);
  const figures = await convergeOnce(bench, 'converge');
  const between = await writesAnswered(plane);
  bench.say('the same once more, with everything there');
  await convergeOnce(bench, 'restart');
  const after = await writesAnswered(plane);
  return { figures, first: splitWrites(since(before, between)), again: splitWrites(since(between, after)) };
}

async function convergeOnce(bench: Bench, part: string): Promise<Figures> {
  const { cluster } = bench;
  const { plane, names } = cluster;
  const watchesBefore = await watchesStanding(plane);
  const serverBefore = await cpuSecondsOf(plane.pids);
  const controller = await startController(cluster, { node: bench.nodeOptions(part) });
  try {
    const end = await followUntilConverged(cluster, controller);
    const serverCpu = (await cpuSecondsOf(plane.pids)) - serverBefore;
    await sleep(SETTLE_MS / bench.hurry);
    return {
      ms: end.ms,
      s: end.ms / 1_000,
      writingMs: end.ms - end.firstWriteMs,
      firstWrite: end.firstWriteMs / 1_000,
      cpu: end.cpuMs / 1_000,
      serverCpu,
      connections: end.connections,
      looks: end.reconciles / names.length,
      watches: sumOf(since(watchesBefore, await watchesStanding(plane))),
      ...(await memoryOf(controller.pid)),
    };
  } finally {
    await controller.stop();
  }
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
