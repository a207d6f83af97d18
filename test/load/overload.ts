import { failuresOf, forkDriver, type ForkedDriver, type Summary } from '../load-driver/index.ts';
import { forkedOptions } from './calls.ts';
import { atMost, type Finding, ofMachine, type Report, type Scenario, told } from './finding.ts';
import { type LoneWebhook, pinnedTo, startAlone } from './lone-webhook.ts';
import { residentBytes, watchMemory } from './process-memory.ts';

export interface OverloadSize {
  /** The callers' deadlines, one overload for each. */
  readonly timeoutsMs: readonly number[];
  /** Containers of each Pod: what a review costs. */
  readonly containers: number;
  /** Calls of the closed loop that says what one core can do. */
  readonly capacityCalls: number;
  readonly seconds: number;
  /** How many times what one core can do. */
  readonly times: number;
}

/** More calls than one core can answer, at a fixed rate whatever becomes of them. */
export const overload: Scenario = {
  name: 'overload',
  title: 'Three times what one core can do: no answer comes too late, the rest is closed at once',
  isHeavy: true,
  short: (report) =>
    runOverload({ timeoutsMs: [1_000], containers: 25, capacityCalls: 200, seconds: 2, times: 3 }, report),
  long: (report) =>
    runOverload({ timeoutsMs: [1_000, 10_000], containers: 25, capacityCalls: 2_000, seconds: 30, times: 3 }, report),
};

const MIB = 1024 * 1024;
/** How long the driver listens for an answer that is too late, as a share of the deadline. */
const LISTEN_SHARE = 1;
const MOST_MEMORY_MIB = 600;
/** A third of what one core can do, which leaves room for others on this machine. */
const NORMAL_SHARE = 1 / 3;
const RECOVERY_SECONDS = 5;

export async function runOverload(size: OverloadSize, report: Report): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const timeoutMs of size.timeoutsMs) {
    const webhook = await startAlone(pinnedTo(0));
    const driver = forkDriver(pinnedTo(1));
    try {
      findings.push(...(await overloadOne({ webhook, driver, timeoutMs, size, report })));
    } finally {
      await driver.end();
      await webhook.stop();
    }
  }
  return findings;
}

interface Parts {
  readonly webhook: LoneWebhook;
  readonly driver: ForkedDriver;
  readonly timeoutMs: number;
  readonly size: OverloadSize;
  readonly report: Report;
}

async function overloadOne({ webhook, driver, timeoutMs, size, report }: Parts): Promise<Finding[]> {
  const { containers, capacityCalls, seconds, times } = size;
  const label = `deadline ${timeoutMs / 1000} s`;
  const options = forkedOptions(
    { port: webhook.port, ca: webhook.ca, timeoutMs },
    { listenMs: LISTEN_SHARE * timeoutMs, containers },
  );
  report(`${label}: what one core can do`);
  await driver.start(options);
  await driver.closedLoop({ concurrency: 20, calls: Math.ceil(capacityCalls / 3) });
  const { seconds: took } = await driver.closedLoop({ concurrency: 20, calls: capacityCalls });
  const capacity = capacityCalls / took;

  const rate = Math.round(times * capacity);
  report(`${label}: ${rate} calls/s for ${seconds} s`);
  const before = await webhook.counts();
  const quietBytes = await residentBytes(webhook.pid);
  const memory = watchMemory(webhook.pid);
  const driverCpu = await driver.cpuMicroseconds();
  const summary = await driver.openLoop({ ratePerSecond: rate, calls: rate * seconds });
  const driverShare = ((await driver.cpuMicroseconds()) - driverCpu) / (summary.seconds * 1e6);
  memory.stop();

  report(`${label}: back to normal`);
  const recovery: Summary[] = [];
  const normal = Math.ceil(capacity * NORMAL_SHARE);
  for (let second = 0; second < RECOVERY_SECONDS; second++) {
    recovery.push(await driver.openLoop({ ratePerSecond: normal, calls: normal }));
  }
  const after = await webhook.counts();
  const counted = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
  const total = Object.values(counted).reduce((sum, value) => sum + value, 0);
  const closed = Object.values(summary.failed).reduce((sum, value) => sum + value, 0);
  const lastBad = recovery.findLastIndex((one) => failuresOf(one) > 0) + 1;
  return [
    atMost(`${label}: calls that were closed and not counted`, Math.max(0, closed - total), 0),
    ofMachine(atMost(`${label}: answers after the deadline`, summary.late, 0)),
    ofMachine(atMost(`${label}: calls neither answered nor closed by the deadline`, summary.timedOut, 0)),
    ofMachine(atMost(`${label}: memory at most, in MiB`, Math.round(memory.most() / MIB), MOST_MEMORY_MIB)),
    ofMachine(atMost(`${label}: seconds until all calls are answered again`, lastBad, RECOVERY_SECONDS - 1)),
    told(`${label}: what one core can do, calls/s`, Math.round(capacity)),
    told(`${label}: offered, calls/s`, rate),
    told(`${label}: answered in time, calls/s`, Math.round(summary.answered / seconds)),
    told(`${label}: answers within, half, 99 %, all`, quantiles(summary.latencyMs)),
    told(`${label}: closed within, half, 99 %, all`, quantiles(summary.failedMs)),
    told(`${label}: what callers saw of the rest`, JSON.stringify({ ...summary.failed, timedOut: summary.timedOut })),
    told(`${label}: what the webhook counted`, JSON.stringify(counted)),
    told(`${label}: connections dialled`, summary.connections),
    told(
      `${label}: memory before and afterwards, MiB`,
      `${Math.round(quietBytes / MIB)}, ${Math.round((await residentBytes(webhook.pid)) / MIB)}`,
    ),
    told(
      `${label}: the driver: share of its core, calls begun late by`,
      `${driverShare.toFixed(2)}, ${quantiles(summary.lagMs)}`,
    ),
  ];
}

function quantiles({ p50, p99, max }: Summary['latencyMs']): string {
  return `${[p50, p99, max].map((ms) => Math.round(ms)).join(', ')} ms`;
}
