import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, metricOf, residentMegabytes, SMALL_HEAP } from './bench.ts';
import { type Section, showBound, showSpread } from './report.ts';
import { KINDS, reviewOfSize, reviewsOf } from './reviews.ts';
import { figure, type Figures, interleave, spreadOf } from './rounds.ts';

const IDLE_MS = 2_000;
const LOAD_PER_SECOND = 500;
const LOAD_SECONDS = 4;
/** Ours as it is, and with the heap that docs/webhook.md recommends. */
const WAYS = ['floor', 'ours', 'small heap'] as const;
const STEPS = [100_000, 250_000, 500_000, 750_000, 1_000_000] as const;

/** Memory when idle, under load, and over a million reviews; and from exec to ready. */
export async function measureMemory(bench: Bench): Promise<Section[]> {
  const bodies = KINDS.flatMap((kind) => [reviewOfSize(8, kind), ...reviewsOf(8, kind, 'different')]);
  const driver = bench.forkDriver();
  try {
    bench.say('start, idle, loaded');
    const rounds = await interleave(WAYS, bench.rounds, async (name): Promise<Figures> => {
      const server = await (name === 'small heap' ? bench.start('ours', SMALL_HEAP) : bench.start(name));
      try {
        await sleep(IDLE_MS / bench.hurry);
        const idle = await residentMegabytes(server);
        await driver.start(target(bench, server.port, bodies));
        const calls = (LOAD_PER_SECOND * LOAD_SECONDS) / bench.hurry;
        let most = 0;
        const load = driver.openLoop({ ratePerSecond: LOAD_PER_SECOND, calls });
        const watch = setInterval(() => {
          void residentMegabytes(server).then((now) => (most = Math.max(most, now)));
        }, 500);
        await load;
        clearInterval(watch);
        most = Math.max(most, await residentMegabytes(server));
        return { ready: server.readyMs, idle, loaded: most };
      } finally {
        await server.stop();
      }
    });
    const growth = await measureGrowth(bench, bodies, driver);
    const of = (name: (typeof WAYS)[number], figureName: string, digits: number) =>
      showSpread(figure(rounds[name], figureName), digits);
    return [
      {
        title: 'Start and memory',
        about: `From exec to the line that says that it serves, in milliseconds; resident memory in MB (10^6 bytes) ${IDLE_MS / 1000} s later, and the most of it in ${LOAD_SECONDS} s of ${LOAD_PER_SECOND} reviews a second.`,
        head: ['', 'floor', 'ours', `ours, ${SMALL_HEAP.join(' ')}`, 'bound of the median of the last'],
        rows: [
          [
            'exec to ready, ms',
            of('floor', 'ready', 0),
            of('ours', 'ready', 0),
            of('small heap', 'ready', 0),
            showBound(figure(rounds['small heap'], 'ready').median, 500, ' ms'),
          ],
          [
            'idle, MB',
            of('floor', 'idle', 1),
            of('ours', 'idle', 1),
            of('small heap', 'idle', 1),
            showBound(figure(rounds['small heap'], 'idle').median, 80, ' MB'),
          ],
          [
            'under load, MB',
            of('floor', 'loaded', 1),
            of('ours', 'loaded', 1),
            of('small heap', 'loaded', 1),
            showBound(figure(rounds['small heap'], 'loaded').median, 110, ' MB'),
          ],
        ],
      },
      growth,
    ];
  } finally {
    await driver.end();
  }
}

function target(bench: Bench, port: number, bodies: readonly string[]) {
  return { host: '127.0.0.1', port, ca: bench.caPem, timeoutMs: 10_000, path: '/inject/enabled', bodies };
}

/** A closed loop, as fast as it goes: the hardest on memory. */
async function measureGrowth(
  bench: Bench,
  bodies: readonly string[],
  driver: ReturnType<Bench['forkDriver']>,
): Promise<Section> {
  const server = await bench.start('ours', SMALL_HEAP);
  try {
    await driver.start(target(bench, server.port, bodies));
    const rows: string[][] = [];
    let done = 0;
    for (const step of STEPS) {
      const until = step / bench.hurry;
      const seen: Record<'resident' | 'heap' | 'external', number[]> = { resident: [], heap: [], external: [] };
      while (done < until) {
        const calls = Math.min(10_000, until - done);
        await driver.closedLoop({ concurrency: 8, calls });
        done += calls;
        seen.resident.push(await residentMegabytes(server));
        seen.heap.push((await metricOf(server, 'nodejs_heap_size_total_bytes')) / 1e6);
        seen.external.push((await metricOf(server, 'nodejs_external_memory_bytes')) / 1e6);
      }
      bench.say(`${done} reviews`);
      rows.push([String(done), ...Object.values(seen).map((figures) => showSpread(spreadOf(figures)))]);
    }
    return {
      title: 'Memory over a million reviews',
      about:
        'One process with the small heap, as many reviews as it can do, 8 under way. MB looked at after every 10,000 since the row above: resident, the heap of JavaScript, and what else it holds.',
      head: ['after reviews', 'resident', 'heap', 'external'],
      rows,
    };
  } finally {
    await server.stop();
  }
}
