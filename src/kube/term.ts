/** A time of leadership. It ends once, for good. */
export interface Term {
  /** The Lease's `leaseTransitions`: greater in every later term, as long as the Lease is not made anew. */
  readonly number: number;
  /**
   * Whether a write may begin now. To be asked directly before every write: the process may have been stopped for any time between two
   * statements.
   */
  mayWrite(): boolean;
  /** Aborted when the term ends, for what is under way. */
  readonly signal: AbortSignal;
}

export interface RunningTerm {
  readonly term: Term;
  /** The Lease was renewed by a request that was sent at this time. */
  renewed(sentAt: number): void;
  end(): void;
}

/**
 * @param sentAt when the request was sent that began the term: the others count from when they see its effect, which is later.
 * @param lengthMs how long after a renewal was sent writes may begin.
 * @param now monotonic; goes on while the process is stopped.
 */
export function beginTerm(number: number, sentAt: number, lengthMs: number, now: () => number): RunningTerm {
  const ending = new AbortController();
  let goodUntil = sentAt + lengthMs;
  let timer = setTimer();

  /** Also ends a term that nobody asked about for too long. */
  function setTimer(): NodeJS.Timeout {
    return setTimeout(check, Math.max(0, goodUntil - now()));
  }
  function check(): void {
    if (ending.signal.aborted) return;
    if (now() >= goodUntil) end();
    else timer = setTimer();
  }
  function end(): void {
    clearTimeout(timer);
    ending.abort();
  }
  function mayWrite(): boolean {
    // Once over, over: a renewal that comes too late begins another term.
    if (now() >= goodUntil) end();
    return !ending.signal.aborted;
  }

  return {
    term: { number, mayWrite, signal: ending.signal },
    renewed(sent) {
      if (!mayWrite()) return;
      goodUntil = sent + lengthMs;
      clearTimeout(timer);
      timer = setTimer();
    },
    end,
  };
}
