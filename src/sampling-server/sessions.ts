import type { Http2Server, Http2Session } from 'node:http2';
import { type CloseCause, PATIENCE_MS } from '../serving/index.ts';

const SWEEP_MS = 500;
/** Clients ask once a minute. To keep their connections until then would cost more than to open new ones. */
const IDLE_MS = 5_000;
/** A call of a client that is honest is there at once. One that takes longer has to go where there is no room. */
const SLOW_MS = 1_000;

export interface SessionRules {
  /** How many there may be at a time. */
  readonly most: number;
  readonly countClosed: (cause: CloseCause) => void;
}

/** The connections of a server of HTTP/2. */
export interface Sessions {
  /** A call begins on it; call what is returned when its stream has ended, and say whether it was a good one. */
  readonly beginCall: (session: Http2Session) => (good: boolean) => void;
  /** Ends the session, whatever is on it. */
  readonly close: (session: Http2Session, cause: CloseCause) => void;
  /** Lets what has begun come to its end, and accepts no more on any session. */
  readonly finishAll: () => void;
  readonly destroyAll: () => void;
  /** Looks at them no more. */
  readonly stop: () => void;
}

interface Session {
  readonly session: Http2Session;
  calls: number;
  /** It has carried a call that was answered. */
  proven: boolean;
  /** When it was opened, or the last call began or ended. */
  since: number;
}

/**
 * Keeps track of a server's sessions, as serving/connections.ts does for HTTP/1.1: one on which nothing of use comes is closed
 * within 5 s, and where there are too many the one that has proven least has to go. A connection is a session from its first
 * moment on, before a byte of it has come.
 */
export function guardSessions(server: Http2Server, rules: SessionRules): Sessions {
  // In the order in which they were opened.
  const all = new Map<Http2Session, Session>();
  const timer = setInterval(sweep, SWEEP_MS).unref();

  function close(session: Http2Session, cause: CloseCause): void {
    all.delete(session);
    rules.countClosed(cause);
    session.destroy();
  }
  function sweep(): void {
    const now = performance.now();
    for (const { session, calls, proven, since } of all.values()) {
      if (calls > 0) continue;
      if (!proven && now - since > PATIENCE_MS) close(session, 'unused');
      else if (proven && now - since > IDLE_MS) session.close();
    }
  }

  server.on('session', (session: Http2Session) => {
    // Frames that cannot be read, a caller who vanishes: Node ends the session by itself.
    session.on('error', () => session.destroy());
    const now = performance.now();
    if (all.size >= rules.most) {
      const dispensable = leastProven(all.values(), now);
      close(dispensable ?? session, dispensable === undefined ? 'full' : 'room');
      if (dispensable === undefined) return;
    }
    all.set(session, { session, calls: 0, proven: false, since: now });
    session.once('close', () => all.delete(session));
  });

  return {
    beginCall(session) {
      const entry = all.get(session);
      if (entry === undefined) return () => undefined;
      entry.calls += 1;
      entry.since = performance.now();
      return (good) => {
        entry.calls -= 1;
        entry.since = performance.now();
        if (good) entry.proven = true;
      };
    },
    close,
    finishAll() {
      for (const session of all.keys()) session.close();
    },
    destroyAll() {
      for (const session of all.keys()) session.destroy();
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * The session to be closed for a new one: the oldest without a good call and without one under way; else one whose first call
 * does not get on; else the one that has been idle for the longest.
 */
function leastProven(all: Iterable<Session>, now: number): Http2Session | undefined {
  let slow: Session | undefined;
  let idle: Session | undefined;
  for (const entry of all) {
    if (entry.calls === 0) {
      if (!entry.proven) return entry.session;
      if (idle === undefined || entry.since < idle.since) idle = entry;
    } else if (!entry.proven && now - entry.since > SLOW_MS) slow ??= entry;
  }
  return (slow ?? idle)?.session;
}
