/** The long run over generated Pods: rows of them, shared out to threads. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Checked, Failure } from './check-pods.ts';
import type { Row } from './worker.ts';

export interface PodsReport {
  readonly pods: number;
  readonly seconds: number;
  readonly threads: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly notes: Readonly<Record<string, number>>;
  /** Different functions at which a fault was tried. */
  readonly faultySpots: number;
  readonly failures: readonly Failure[];
}

export interface PodsRun {
  readonly pods: number;
  readonly seed: number;
  readonly threads: number;
  readonly tell: (done: number) => void;
  readonly signal: AbortSignal;
}

/** Long enough that the threads seldom wait for the next, and short enough that progress is seen. */
const ROW = 2_000;
/** After so many there is something to mend first. */
const MOST_FAILURES = 5;

/** Checks `pods` Pods; fewer if some fail, since a row ends at its first failure. Rejects if it is interrupted. */
export async function checkPodsOnThreads({ pods, seed, threads, tell, signal }: PodsRun): Promise<PodsReport> {
  const begin = performance.now();
  const rows = rowsOf(pods, seed);
  const checked: Checked[] = [];
  const failures: Failure[] = [];
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.ts', import.meta.url));
    try {
      for (let row = rows.pop(); row !== undefined && failures.length < MOST_FAILURES; row = rows.pop()) {
        const answer = once(worker, 'message', { signal });
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
        worker.postMessage(row);
        const [result] = (await answer) as [Checked];
        checked.push(result);
        if (result.failure !== undefined) failures.push(result.failure);
        tell((done += result.pods));
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, rows.length) }, work));
  return {
    pods: done,
    seconds: (performance.now() - begin) / 1_000,
    threads,
    reasons: sum(checked.map(({ reasons }) => reasons)),
    notes: sum(checked.map(({ notes }) => notes)),
    faultySpots: new Set(checked.flatMap(({ faultySpots }) => faultySpots)).size,
    failures,
  };
}

/** Each row has a seed of its own, so that any of them can be run again without the others. */
function rowsOf(pods: number, seed: number): Row[] {
  const rows: Row[] = [];
  for (let first = 0; first < pods; first += ROW) {
    rows.push({ seed: (seed + rows.length) | 0, runs: Math.min(ROW, pods - first) });
  }
  return rows.toReversed();
}

/** Counts by name, added up, the most frequent first. */
function sum(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total = new Map<string, number>();
  for (const [name, count] of counts.flatMap((each) => Object.entries(each))) {
    total.set(name, (total.get(name) ?? 0) + count);
  }
  return Object.fromEntries([...total].toSorted(([, a], [, b]) => b - a));
}
