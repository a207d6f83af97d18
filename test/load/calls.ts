/** Calls at a steady rate, for as long as something else happens. */
import { setTimeout as sleep } from 'node:timers/promises';
import { failuresOf, forkDriver, reviewBody, type Summary } from '../load-driver/index.ts';
import { type Finding, told } from './finding.ts';
import { typicalPod } from './pods.ts';

/**
 * How long calls may take, in milliseconds. The reports': `timeoutSeconds` of the configuration that docs/webhook.md shows. The
 * tests': the longest there is, since they ask whether calls are answered and not how fast this machine is.
 */
export const DEADLINE_MS = { long: 5_000, short: 30_000 } as const;

export interface Target {
  readonly port: number;
  /** CAs in PEM. */
  readonly ca: string;
  /** The callers' deadline. */
  readonly timeoutMs: number;
}

/** How a driver in a process of its own is started. */
export function forkedOptions({ port, ca, timeoutMs }: Target, { listenMs = 0, containers = 2 } = {}) {
  const bodies = [reviewBody(typicalPod(containers), 'production')];
  return { host: '127.0.0.1', port, ca, timeoutMs, listenMs, path: '/inject/enabled', bodies };
}

export interface SteadyCalls {
  readonly trust: (ca: string) => Promise<void>;
  /** Resolves when about so many have ended. */
  readonly reached: (calls: number) => Promise<void>;
  /** No more calls; returns what became of them. */
  readonly end: () => Promise<Summary>;
}

/**
 * Fills the pool of connections, as an API server that has been at work for a while has it, and goes on at a steady rate while
 * something else happens.
 */
export async function withCalls<Result>(
  target: Target,
  ratePerSecond: number,
  meanwhile: (calls: SteadyCalls) => Promise<Result>,
): Promise<Result> {
  const driver = forkDriver();
  try {
    await driver.start(forkedOptions(target));
    const filled = await driver.closedLoop({ concurrency: 50, calls: 200 });
    if (failuresOf(filled) > 0) throw new Error(`calls failed before anything happened: ${JSON.stringify(filled)}`);
    const progress = { ended: 0 };
    // Far more than can be: JSON has no Infinity.
    const summary = driver.openLoop(
      { ratePerSecond, calls: Number.MAX_SAFE_INTEGER },
      (calls) => (progress.ended = calls),
    );
    return await meanwhile({
      trust: (ca) => driver.trust(ca),
      async reached(calls) {
        while (progress.ended < calls) await Promise.race([sleep(20), summary]);
      },
      async end() {
        await driver.stop();
        return summary;
      },
    });
  } finally {
    await driver.end();
  }
}

/** What is told of every load. */
export function describeCalls(summary: Summary): Finding[] {
  const { calls, answered, patched, late, timedOut, failed, connections, latencyMs } = summary;
  const failures = Object.entries(failed).map(([what, times]) => `${what}: ${times}`);
  return [
    told('calls', calls),
    told(
      'answered with a patch',
      answered === patched ? `all ${answered} answered` : `${patched} of ${answered} answered`,
    ),
    told('failures, by what the caller saw', [...failures, `late: ${late}`, `timed out: ${timedOut}`].join(', ')),
    told('connections dialled', connections),
    told(
      'latency: half, 99 %, all within',
      `${latencyMs.p50.toFixed(1)}, ${latencyMs.p99.toFixed(1)}, ${latencyMs.max.toFixed(1)} ms`,
    ),
  ];
}
