/** What `process` may throw to say when it makes sense to try again: milliseconds. */
interface WithRetryAfter {
  readonly retryAfterMs?: number | undefined;
}

export interface QueueOptions {
  /** Brings one key in order. What it throws is told to `onFailure`, and the key is tried again, without end. */
  readonly process: (key: string) => Promise<void>;
  readonly onFailure: (key: string, error: unknown, retryInMs: number) => void;
  /** Keys under way at a time. */
  readonly concurrency: number;
  /** The first pause after a failure; each further one doubles it, up to `mostPauseMs`. */
  readonly firstPauseMs?: number;
  readonly mostPauseMs?: number;
  /** From 0 up to 1; Math.random if absent. */
  readonly random?: () => number;
}

/** Keys that wait to be brought in order, each at most once. */
export interface Queue {
  /**
   * Something about `key` has changed. `bulk` is for what comes in masses, at the start or after a change for everybody: it never
   * stands in front of what is `urgent`. A key that is under way is looked at once more afterwards.
   */
  readonly add: (key: string, lane: Lane) => void;
  /** Looks at `key` again after so many milliseconds, unless it is looked at before. */
  readonly addAfter: (key: string, ms: number) => void;
  readonly counts: () => QueueCounts;
  /** Begins nothing more. Resolves when what is under way has ended. */
  readonly stop: () => Promise<void>;
}

export type Lane = 'urgent' | 'bulk';

export interface QueueCounts {
  readonly waiting: number;
  readonly underWay: number;
  /** Keys that failed last time, and wait for their next try. */
  readonly failing: number;
}

const FIRST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 5 * 60_000;

export function createQueue(options: QueueOptions): Queue {
  const { process, onFailure, concurrency, random = Math.random } = options;
  const { firstPauseMs = FIRST_PAUSE_MS, mostPauseMs = MOST_PAUSE_MS } = options;
  // In the order in which they came.
  const waiting: Record<Lane, Set<string>> = { urgent: new Set(), bulk: new Set() };
  const underWay = new Set<string>();
  /** Came again while they were under way. */
  const again = new Map<string, Lane>();
  const failures = new Map<string, number>();
  const timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly dueAt: number }>();
  let stopped: (() => void) | undefined;

  function add(key: string, lane: Lane): void {
    if (stopped !== undefined) return;
    if (underWay.has(key)) {
      if (again.get(key) !== 'urgent') again.set(key, lane);
      return;
    }
    if (failures.has(key) && timers.has(key)) return hasten(key);
    if (lane === 'urgent') waiting.bulk.delete(key);
    else if (waiting.urgent.has(key)) return;
    waiting[lane].add(key);
    begin();
  }
  function addAfter(key: string, ms: number): void {
    if (stopped !== undefined) return;
    callOff(key);
    const timer = setTimeout(() => {
      timers.delete(key);
      add(key, 'urgent');
    }, ms);
    timers.set(key, { timer, dueAt: performance.now() + ms });
  }
  function callOff(key: string): void {
    clearTimeout(timers.get(key)?.timer);
    timers.delete(key);
  }
  /** What made a key fail may have been mended: it is tried soon, but not as often as it changes. */
  function hasten(key: string): void {
    const dueAt = timers.get(key)?.dueAt ?? 0;
    if (dueAt - performance.now() > firstPauseMs) addAfter(key, firstPauseMs);
  }
  function isStopped(): boolean {
    return stopped !== undefined;
  }
  function take(): string | undefined {
    for (const lane of [waiting.urgent, waiting.bulk]) {
      const [key] = lane;
      if (key === undefined) continue;
      lane.delete(key);
      return key;
    }
    return undefined;
  }
  function begin(): void {
    while (underWay.size < concurrency && !isStopped()) {
      const key = take();
      if (key === undefined) return;
      underWay.add(key);
      void run(key);
    }
  }
  async function run(key: string): Promise<void> {
    callOff(key);
    try {
      await process(key);
      failures.delete(key);
    } catch (error) {
      fail(key, error);
    }
    underWay.delete(key);
    const lane = again.get(key);
    again.delete(key);
    // One that fails is not tried sooner since something else of it has changed: that may be what its own try did.
    if (lane !== undefined && !failures.has(key)) add(key, lane);
    if (underWay.size === 0) stopped?.();
    begin();
  }
  function fail(key: string, error: unknown): void {
    const count = failures.get(key) ?? 0;
    failures.set(key, count + 1);
    const pauseMs = Math.min(mostPauseMs, firstPauseMs * 2 ** Math.min(count, 30));
    // Between half of it and all of it: those that failed together do not come together again.
    const jittered = pauseMs * (0.5 + random() / 2);
    const retryInMs = Math.max(jittered, retryAfterOf(error));
    onFailure(key, error, retryInMs);
    addAfter(key, retryInMs);
  }

  return {
    add,
    addAfter,
    counts: () => ({
      waiting: waiting.urgent.size + waiting.bulk.size,
      underWay: underWay.size,
      failing: failures.size,
    }),
    stop() {
      for (const key of timers.keys()) callOff(key);
      waiting.urgent.clear();
      waiting.bulk.clear();
      return new Promise((resolve) => {
        stopped = resolve;
        if (underWay.size === 0) resolve();
      });
    },
  };
}

function retryAfterOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 0;
  const { retryAfterMs } = error as WithRetryAfter;
  return typeof retryAfterMs === 'number' ? retryAfterMs : 0;
}
