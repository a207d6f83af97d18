/** What became of a number of calls; plain data, so that it can be sent between processes. */
export interface Summary {
  readonly calls: number;
  /** `allowed: true` with the call's own UID, within the deadline. */
  readonly answered: number;
  /** Of those, the ones with a patch. */
  readonly patched: number;
  /** Answered, but after the deadline; only seen where the driver waits longer than the deadline. */
  readonly late: number;
  /** Neither answer nor end of the connection within the deadline. */
  readonly timedOut: number;
  /** Everything else, by what happened: an error code, `closed`, a status, `wrong answer`. */
  readonly failed: Readonly<Record<string, number>>;
  /** Connections that were opened for them. */
  readonly connections: number;
  /** Milliseconds from the moment at which a call was begun (so with dialling, if it had to) to the end of its answer. */
  readonly latencyMs: Quantiles;
  /** Likewise of the calls that failed, to what happened instead of an answer. */
  readonly failedMs: Quantiles;
  /** How late calls were begun, in milliseconds: the driver's own doing. */
  readonly lagMs: Quantiles;
  readonly seconds: number;
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** How a call ended. */
export type Ending = 'answered' | 'patched' | 'late' | 'timedOut' | { readonly failed: string };

/** Collects endings. */
export class Tally {
  readonly #latencies: number[] = [];
  readonly #failedAfter: number[] = [];
  readonly #lags: number[] = [];
  readonly #failed = new Map<string, number>();
  readonly #counts = { answered: 0, patched: 0, late: 0, timedOut: 0 };
  readonly #begin = performance.now();
  #calls = 0;
  connections = 0;

  get calls(): number {
    return this.#calls;
  }

  /** `lagMs`: how late the call was begun. */
  add(ending: Ending, latencyMs: number, lagMs: number): void {
    this.#calls += 1;
    this.#lags.push(lagMs);
    if (typeof ending === 'object') {
      this.#failedAfter.push(latencyMs);
      this.#failed.set(ending.failed, (this.#failed.get(ending.failed) ?? 0) + 1);
      return;
    }
    if (ending === 'answered' || ending === 'patched') this.#latencies.push(latencyMs);
    this.#counts[ending] += 1;
    if (ending === 'patched') this.#counts.answered += 1;
  }

  summary(): Summary {
    return {
      calls: this.#calls,
      ...this.#counts,
      failed: Object.fromEntries(this.#failed),
      connections: this.connections,
      latencyMs: quantiles(this.#latencies),
      failedMs: quantiles(this.#failedAfter),
      lagMs: quantiles(this.#lags),
      seconds: (performance.now() - this.#begin) / 1000,
    };
  }
}

function quantiles(values: readonly number[]): Quantiles {
  const sorted = Float64Array.from(values).toSorted();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

/** Calls that were not answered in time, whatever happened to them. */
export function failuresOf({ calls, answered }: Summary): number {
  return calls - answered;
}

/** Counts of several runs together; the quantiles are the worst of any of them. */
export function mergeSummaries(summaries: readonly Summary[]): Summary {
  const sum = (field: (summary: Summary) => number) => summaries.reduce((total, summary) => total + field(summary), 0);
  const worst = (field: (summary: Summary) => Quantiles): Quantiles => {
    const most = (key: keyof Quantiles) => Math.max(0, ...summaries.map((summary) => field(summary)[key]));
    return { p50: most('p50'), p95: most('p95'), p99: most('p99'), max: most('max') };
  };
  const failed: Record<string, number> = {};
  for (const summary of summaries) {
    for (const [what, count] of Object.entries(summary.failed)) failed[what] = (failed[what] ?? 0) + count;
  }
  return {
    calls: sum(({ calls }) => calls),
    answered: sum(({ answered }) => answered),
    patched: sum(({ patched }) => patched),
    late: sum(({ late }) => late),
    timedOut: sum(({ timedOut }) => timedOut),
    failed,
    connections: sum(({ connections }) => connections),
    latencyMs: worst(({ latencyMs }) => latencyMs),
    failedMs: worst(({ failedMs }) => failedMs),
    lagMs: worst(({ lagMs }) => lagMs),
    seconds: sum(({ seconds }) => seconds),
  };
}
