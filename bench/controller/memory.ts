import { setTimeout as sleep } from 'node:timers/promises';
import { type Section, showBound } from '../report.ts';
import type { Bench } from './bench.ts';
import { churn } from './churn.ts';
import { followUntilConverged } from './converging.ts';
import { eachOf } from './each-of.ts';
import { memoryOf } from './looks.ts';
import { type ControllerProcess, type ControllerStart, startController } from './programs.ts';

/** Node's heap grows into what it is given; this is given where memory is short. */
const SMALL_HEAP: ControllerStart = {
  environment: { NODE_OPTIONS: '--max-semi-space-size=2 --max-old-space-size=96', MALLOC_ARENA_MAX: '1' },
};
const IDLE_MS = 20_000;
const AT_A_TIME = 16;
/** Rows of the table of growth. */
const SPANS = 10;
const MOST_MB = 150;

/** Memory with everything in order: as Node has it, and with a small heap; then with Pods, if there are to be any. */
export async function measureMemory(bench: Bench): Promise<Section[]> {
  const { cluster, pods, say } = bench;
  const rows: string[][] = [];
  const look = async (what: string, how: string, start: ControllerStart): Promise<void> => {
    say(`memory: ${what}, ${how}`);
    const controller = await startController(cluster, start);
    try {
      await followUntilConverged(cluster, controller);
      await sleep(IDLE_MS / bench.hurry);
      const { resident, peak } = await memoryOf(controller.pid);
      const heap = await heapOf(controller);
      const figures = [resident, peak, heap].map((megabytes) => megabytes.toFixed(1));
      rows.push([what, how, ...figures, showBound(resident, MOST_MB, ' MB')]);
    } finally {
      await controller.stop();
    }
  };
  const settings = "Node's own";
  const small = Object.entries(SMALL_HEAP.environment ?? {}).map(([name, value]) => `${name}=${value}`);
  const ways = [
    [settings, {}],
    [small.join(' '), SMALL_HEAP],
  ] as const;
  const namespaces = `${cluster.names.length} namespaces`;
  for (const [how, start] of ways) await look(namespaces, how, start);
  if (pods > 0) {
    say(`creating ${pods} Pods`);
    await createPods(bench);
    for (const [how, start] of ways) await look(`${namespaces}, ${pods} Pods`, how, start);
  }
  return [
    {
      title: 'Memory',
      about: `Of the controller's process, MB (10^6 bytes), ${IDLE_MS / 1_000} s after it found everything in order. Its ServiceAccount is mounted, as in a Pod: a kubeconfig would load the client library, 90 MB of it.`,
      head: ['with', 'settings of Node', 'resident', 'resident, at most', 'heap in use', 'bound of the first'],
      rows,
    },
  ];
}

/** Memory over a time in which everything that can change does, again and again. */
export async function measureChurn(bench: Bench): Promise<Section[]> {
  const { cluster, churnMinutes, say } = bench;
  if (churnMinutes === 0) return [];
  say(`churn for ${churnMinutes} minutes`);
  const controller = await startController(cluster, SMALL_HEAP);
  const rows: string[][] = [];
  const residents: number[] = [];
  try {
    await followUntilConverged(cluster, controller);
    const changes = churn(cluster);
    const begin = performance.now();
    for (let span = 1; span <= SPANS; span++) {
      const seen: { resident: number; heap: number }[] = [];
      const until = begin + (span / SPANS) * churnMinutes * 60_000;
      while (performance.now() < until) {
        await changes.turn();
        seen.push({ resident: (await memoryOf(controller.pid)).resident, heap: await heapOf(controller) });
      }
      const resident = medianOf(seen.map((one) => one.resident));
      residents.push(resident);
      // After a collection: the least is what is kept.
      const heap = Math.min(...seen.map((one) => one.heap));
      const minutes = ((span / SPANS) * churnMinutes).toFixed(1);
      rows.push([minutes, String(changes.count()), resident.toFixed(1), heap.toFixed(1)]);
      say(`churn: ${minutes} minutes, ${changes.count()} changes, ${resident.toFixed(1)} MB`);
    }
    await changes.end();
    await followUntilConverged(cluster, controller);
  } finally {
    await controller.stop();
  }
  // The first tenth fills what is kept in any case.
  const growth = (residents.at(-1) ?? Number.NaN) - (residents[1] ?? Number.NaN);
  return [
    {
      title: 'Memory over a time of churn',
      about: `${churnMinutes} minutes with the small heap: TracingConfigs come, change and go, objects are deleted and overwritten, namespaces opt out and in again, and namespaces that never were come and go. MB: the median of what was resident in that time, and the least of the heap in use.`,
      head: ['after, minutes', 'changes', 'resident', 'heap in use, least'],
      rows,
      remarks: [`From the second row to the last: ${growth >= 0 ? '+' : ''}${growth.toFixed(1)} MB.`],
    },
  ];
}

async function heapOf({ metrics }: ControllerProcess): Promise<number> {
  return ((await metrics()).get('nodejs_heap_size_used_bytes') ?? Number.NaN) / 1e6;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Without nodes they stay pending: to a watch they are Pods like others. */
async function createPods({ cluster, pods }: Bench): Promise<void> {
  const numbers = Array.from({ length: pods }, (_, index) => index);
  await eachOf(numbers, AT_A_TIME, async (index) => {
    const namespace = cluster.names[index % cluster.names.length] ?? 'default';
    const metadata = { name: `web-${index}`, namespace, labels: { app: 'web' } };
    const spec = { containers: [{ name: 'web', image: 'registry.example.com/web:1.0' }] };
    await cluster.plane.client.create({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
  });
}
