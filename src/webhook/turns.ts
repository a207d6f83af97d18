import { performance } from 'node:perf_hooks';

/** Looks at the turns of the event loop. */
export interface Turns {
  /** The longest, in milliseconds, that something may have waited in a socket which the process reads at `now`. */
  readonly waitedMs: (now: number) => number;
  /** How long this turn has been busy at `now`, in milliseconds. */
  readonly busyMs: (now: number) => number;
  /** Whether the loop has slept before what it does in this turn: nothing waited then. */
  readonly hasSlept: () => boolean;
  readonly stop: () => void;
}

/**
 * What arrives waits in its socket while the one thread is busy, and nothing says for how long. But the loop asks for news
 * once a turn: what it is told in this turn arrived after it had asked in the turn before. So the wait is at most the time
 * since then, unless the loop has slept in between: then there was no news to wait, and the wait began when it woke.
 *
 *   asked ──── busy ──── asked ──── busy ──── now          asked ──── busy ──── asks, sleeps, wakes ── busy ── now
 *     └───────────── waitedMs ─────────────────┘                                              └── waitedMs ─────┘
 *
 * Costs a callback of about a microsecond in each turn. It keeps neither the process alive nor the loop awake.
 */
export function watchTurns(onEnd: () => void): Turns {
  // Taken when the callbacks of a turn are over, just before the loop asks again.
  let endedAt = performance.now();
  let sleptAt = performance.nodeTiming.idleTime;
  /** How long the last turn was busy. */
  let lastMs = 0;
  let immediate = setImmediate(endTurn).unref();

  function endTurn(): void {
    const now = performance.now();
    const slept = performance.nodeTiming.idleTime;
    onEnd();
    lastMs = now - endedAt - (slept - sleptAt);
    endedAt = now;
    sleptAt = slept;
    immediate = setImmediate(endTurn).unref();
  }
  function sleptMs(): number {
    return performance.nodeTiming.idleTime - sleptAt;
  }

  return {
    waitedMs(now) {
      const slept = sleptMs();
      return slept > 0 ? now - endedAt - slept : now - endedAt + lastMs;
    },
    hasSlept: () => sleptMs() > 0,
    busyMs: (now) => now - endedAt - sleptMs(),
    stop: () => clearImmediate(immediate),
  };
}
