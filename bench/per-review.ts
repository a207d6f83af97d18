import { failuresOf, type Summary } from '../test/load-driver/index.ts';
import type { ServerProcess } from '../test/server-process/server-process.ts';
import { type Bench, CONTENDERS, type Contender, cpuSeconds } from './bench.ts';
import { type Section, showBound, showSpread } from './report.ts';
import { type Kind, KINDS, reviewOfSize, SIZES } from './reviews.ts';
import { figure, type Figures, interleave, ratio } from './rounds.ts';

/** Calls per second of the open loops. */
const RATES = [100, 500] as const;
/** How long each lasts in a round, in seconds. */
const OPEN_SECONDS = 5;
/** Closed loops: calls under way, and in all. */
const CONCURRENCY = 8;
const CALLS = 4_000;
const WARM_UP_CALLS = 10_000;
const TIMEOUT_MS = 10_000;

interface Case {
  readonly kilobytes: number;
  readonly kind: Kind;
}

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
        KINDS.map((kind) => reviewOfSize(8, kind)),
      );
      await driver.closedLoop({ concurrency: CONCURRENCY, calls: WARM_UP_CALLS / bench.hurry });
    }
    const atRates: string[][] = [];
    for (const rate of RATES) {
      for (const kind of KINDS) {
        bench.say(`8 KB, ${kind}, ${rate} reviews a second`);
        const calls = Math.max(50, (rate * OPEN_SECONDS) / bench.hurry);
        const rounds = await interleave(CONTENDERS, bench.rounds, async (name: Contender) => {
          await aim(servers[name], [reviewOfSize(8, kind)]);
          // Connections are there, as they are in a cluster that is in use.
          await driver.closedLoop({ concurrency: 2, calls: 50 });
          return measure(servers[name], () => driver.openLoop({ ratePerSecond: rate, calls }));
        });
        atRates.push(rateRow(rate, kind, rounds));
      }
    }
    const saturated: string[][] = [];
    for (const { kilobytes, kind } of allCases()) {
      bench.say(`${kilobytes} KB, ${kind}, as many reviews as one core can do`);
      const calls = CALLS / bench.hurry;
      const rounds = await interleave(CONTENDERS, bench.rounds, async (name: Contender) => {
        await aim(servers[name], [reviewOfSize(kilobytes, kind)]);
        await driver.closedLoop({ concurrency: CONCURRENCY, calls: 100 });
        return measure(servers[name], () => driver.closedLoop({ concurrency: CONCURRENCY, calls }));
      });
      saturated.push([
        `${kilobytes} KB, ${kind}`,
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
        about: `An open loop of ${RATES.join(' and ')} reviews a second of 8 KB, for ${OPEN_SECONDS} s a round: what a webhook in use does, most of its time asleep. CPU is the process's own accounting, all threads; latencies are those of the driver, from sending a review to the end of its answer.`,
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
        about: `A closed loop of ${CONCURRENCY} calls under way, ${CALLS} calls a round. The floor is at its best here: it writes one line and sleeps never.`,
        head: ['review', 'CPU floor, µs', 'CPU ours, µs', 'CPU ratio', 'floor, reviews/s', 'ours, reviews/s'],
        rows: saturated,
      },
    ];
  } finally {
    await driver.end();
    for (const name of CONTENDERS) await servers[name].stop();
  }
}

function rateRow(rate: number, kind: Kind, rounds: Awaited<ReturnType<typeof interleave<Contender>>>): string[] {
  const cpu = ratio(rounds.ours, rounds.floor, 'cpu');
  const p99 = ratio(rounds.ours, rounds.floor, 'p99');
  return [
    `${rate}/s, ${kind}`,
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

function allCases(): Case[] {
  return SIZES.flatMap((kilobytes) => KINDS.map((kind) => ({ kilobytes, kind })));
}
