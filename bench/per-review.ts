import { failuresOf, type Summary } from '../test/load-driver/index.ts';
import type { ServerProcess } from '../test/server-process/server-process.ts';
import { type Bench, CONTENDERS, type Contender, cpuSeconds } from './bench.ts';
import { type Section, showBound, showSpread } from './report.ts';
import { KINDS, reviewOfSize, reviewsOf, SIZES } from './reviews.ts';
import { figure, type Figures, interleave, ratio } from './rounds.ts';

/** Calls per second of the open loops. */
const RATES = [
  { rate: 100, seconds: 4 },
  { rate: 500, seconds: 2 },
] as const;
/** Closed loops: calls under way, and in all. */
const CONCURRENCY = 8;
const CALLS = 2_500;
const WARM_UP_CALLS = 15_000;
const TIMEOUT_MS = 10_000;

/** What is sent: Pods of one template (a roll-out), or each of another. */
const CASES = [
  { kind: 'env', pods: 'alike' },
  { kind: 'env', pods: 'different' },
  { kind: 'sidecar', pods: 'different' },
  { kind: 'not injected', pods: 'different' },
] as const;
/** Those that are measured at fixed rates. */
const RATE_CASES = CASES.filter(({ kind }) => kind !== 'sidecar');

/** CPU per review, p50 and p99 at fixed rates, throughput of one core: ours against the floor. */
export async function measureReviews(bench: Bench): Promise<Section[]> {
  const servers = { floor: await bench.start('floor'), ours: await bench.start('ours') };
  const driver = bench.forkDriver();
  const aim = (server: ServerProcess, bodies: readonly string[]) =>
    driver.start({
      host: '127.0.0.1',
      port: server.port,
      ca: bench.caPem,
      timeoutMs: TIMEOUT_MS,
      path: '/inject/enabled',
      bodies,
    });
  /** Microseconds of the server's processor time for each call, and what the driver saw. */
  async function measure(server: ServerProcess, run: () => Promise<Summary>): Promise<Figures> {
    const before = await cpuSeconds(server);
    const summary = await run();
    const cpu = ((await cpuSeconds(server)) - before) * 1e6;
    if (failuresOf(summary) > 0) throw new Error(`calls failed: ${JSON.stringify(summary)}`);
    return {
      cpu: cpu / summary.calls,
      p50: summary.latencyMs.p50,
      p99: summary.latencyMs.p99,
      perSecond: summary.calls / summary.seconds,
    };
  }
  try {
    for (const name of CONTENDERS) {
      await aim(
        servers[name],
        KINDS.flatMap((kind) => [reviewOfSize(8, kind), ...reviewsOf(8, kind, 'different')]),
      );
      await driver.closedLoop({ concurrency: CONCURRENCY, calls: WARM_UP_CALLS / bench.hurry });
    }
    const atRates: string[][] = [];
    for (const { rate, seconds } of RATES) {
      for (const { kind, pods } of RATE_CASES) {
        bench.say(`8 KB, ${kind}, ${pods}, ${rate} reviews a second`);
        const calls = Math.max(50, (rate * seconds) / bench.hurry);
        const bodies = reviewsOf(8, kind, pods);
        const rounds = await interleave(CONTENDERS, bench.rounds, async (name: Contender) => {
          await aim(servers[name], bodies);
          // Connections are there, as they are in a cluster that is in use.
          await driver.closedLoop({ concurrency: 2, calls: 50 });
          return measure(servers[name], () => driver.openLoop({ ratePerSecond: rate, calls }));
        });
        atRates.push(rateRow(`${rate}/s, ${kind}, ${pods}`, rounds));
      }
    }
    const saturated: string[][] = [];
    for (const { kilobytes, kind, pods } of SIZES.flatMap((size) =>
      CASES.map((one) => ({ kilobytes: size, ...one })),
    )) {
      bench.say(`${kilobytes} KB, ${kind}, ${pods}, as many reviews as one core can do`);
      const calls = CALLS / bench.hurry;
      const bodies = reviewsOf(kilobytes, kind, pods);
      const rounds = await interleave(CONTENDERS, bench.rounds, async (name: Contender) => {
        await aim(servers[name], bodies);
        await driver.closedLoop({ concurrency: CONCURRENCY, calls: 100 });
        return measure(servers[name], () => driver.closedLoop({ concurrency: CONCURRENCY, calls }));
      });
      saturated.push([
        `${kilobytes} KB, ${kind}, ${pods}`,
        showSpread(figure(rounds.floor, 'cpu'), 0),
        showSpread(figure(rounds.ours, 'cpu'), 0),
        showSpread(ratio(rounds.ours, rounds.floor, 'cpu'), 2),
        showSpread(figure(rounds.floor, 'perSecond'), 0),
        showSpread(figure(rounds.ours, 'perSecond'), 0),
      ]);
    }
    return [
      {
        title: 'A review at a fixed rate',
        about: `An open loop of 100 and 500 reviews a second of 8 KB, for 4 and 2 s a round: what a webhook in use does, most of its time asleep. CPU is the process's own accounting, all threads; latencies are those of the driver, from sending a review to the end of its answer. "Alike" are Pods of one template, as in a roll-out; of "different" ones each has a name and an owner that never came before, so that nothing is recalled.`,
        head: [
          'rate, Pod',
          'CPU floor, µs',
          'CPU ours, µs',
          'CPU ratio',
          'p50 ratio',
          'p99 floor, ms',
          'p99 ours, ms',
          'p99 ratio',
          'bounds of the medians',
        ],
        rows: atRates,
      },
      {
        title: 'As many reviews as one core can do',
        about: `A closed loop of ${CONCURRENCY} calls under way, ${CALLS} calls a round. The floor is at its best here: it writes one line, and never sleeps.`,
        head: ['review', 'CPU floor, µs', 'CPU ours, µs', 'CPU ratio', 'floor, reviews/s', 'ours, reviews/s'],
        rows: saturated,
      },
    ];
  } finally {
    await driver.end();
    for (const name of CONTENDERS) await servers[name].stop();
  }
}

function rateRow(title: string, rounds: Awaited<ReturnType<typeof interleave<Contender>>>): string[] {
  const cpu = ratio(rounds.ours, rounds.floor, 'cpu');
  const p99 = ratio(rounds.ours, rounds.floor, 'p99');
  return [
    title,
    showSpread(figure(rounds.floor, 'cpu'), 0),
    showSpread(figure(rounds.ours, 'cpu'), 0),
    showSpread(cpu, 2),
    showSpread(ratio(rounds.ours, rounds.floor, 'p50'), 2),
    showSpread(figure(rounds.floor, 'p99'), 2),
    showSpread(figure(rounds.ours, 'p99'), 2),
    showSpread(p99, 2),
    `CPU ${showBound(cpu.median, 1.25)}, p99 ${showBound(p99.median, 1.25)}`,
  ];
}
