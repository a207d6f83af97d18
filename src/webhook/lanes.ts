/** Work that waits for its turn. */
export interface Lane {
  /** How long something that is put at the end now is expected to wait, in milliseconds. */
  readonly expectedMs: () => number;
  /** How long the first in it has waited; 0 if it is empty. */
  readonly oldestMs: (now: number) => number;
  readonly push: (work: () => void) => void;
}

export interface Lanes {
  /** Work that keeps a connection that is there in use. */
  readonly requests: Lane;
  /** Work for a new connection. */
  readonly dials: Lane;
  readonly isEmpty: () => boolean;
}

/** Where both wait, every so manyth piece of work is a dial: a handshake takes as long as several reviews. */
const DIAL_EVERY = 4;
/**
 * Connections that are yet to be accepted go first, for this many turns, and as long as it takes no more than this share of the
 * time of a piece of work.
 */
const TURNS_PASSED = 4;
const TIME_PASSED = 0.5;
/** Of what a piece of work took, this share enters the average: it follows within some tens of them. */
const SHARE_OF_LAST = 1 / 16;

/**
 * One piece of work in each turn of the event loop, in each lane first come, first served. In between, the loop looks at its
 * sockets, of which it accepts one connection a turn: where all that is ready would be done in one turn, connections would
 * wait for hundreds of turns, unseen. `accepts` says that one was accepted in this turn, so that there may be more.
 */
export function createLanes(accepts: () => boolean): Lanes {
  const [requests, dials] = [createLine(), createLine()];
  let averageMs = 0;
  let stepAt = 0;
  let turns = 0;
  let passed = 0;
  let passedAt = 0;

  function isEmpty(): boolean {
    return requests.length() + dials.length() === 0;
  }
  function begin(): void {
    stepAt = performance.now();
    setImmediate(step);
  }
  function step(): void {
    const now = performance.now();
    if (passed === 0) passedAt = now;
    if (accepts() && (passed++ < TURNS_PASSED || now - passedAt < TIME_PASSED * averageMs)) {
      return void setImmediate(step);
    }
    passed = 0;
    averageMs += (now - stepAt - averageMs) * SHARE_OF_LAST;
    stepAt = now;
    const isDial = requests.length() === 0 || (dials.length() > 0 && ++turns % DIAL_EVERY === 0);
    const waiter = (isDial ? dials : requests).shift();
    if (!isEmpty()) setImmediate(step);
    waiter?.work();
  }
  function laneOf(line: Line, other: Line, every: number): Lane {
    return {
      oldestMs: (now) => Math.max(0, now - (line.first()?.since ?? now)),
      expectedMs: () => line.length() * averageMs * (other.length() === 0 ? 1 : every),
      push(work) {
        if (isEmpty()) begin();
        line.push({ work, since: performance.now() });
      },
    };
  }
  return {
    requests: laneOf(requests, dials, DIAL_EVERY / (DIAL_EVERY - 1)),
    dials: laneOf(dials, requests, DIAL_EVERY),
    isEmpty,
  };
}

interface Waiter {
  readonly work: () => void;
  readonly since: number;
}

type Line = ReturnType<typeof createLine>;

/** A list that is long at times, and is taken from at its beginning. */
function createLine() {
  let waiters: Waiter[] = [];
  let taken = 0;
  return {
    length: () => waiters.length - taken,
    first: () => waiters[taken],
    push: (waiter: Waiter) => void waiters.push(waiter),
    shift() {
      const waiter = waiters[taken++];
      if (taken >= waiters.length) [waiters, taken] = [[], 0];
      return waiter;
    },
  };
}
