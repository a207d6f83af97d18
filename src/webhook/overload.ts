import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { deadlineOf } from './deadline.ts';
import { watchTurns } from './turns.ts';

/** Why a connection was closed without an answer. */
export const SHED_CAUSES = [
  /** It was a new connection: at this pace its handshake and its request would have taken too long. */
  'connection',
  /** It had waited too long for its turn, and was not looked at. */
  'queue',
  /** It was looked at, but the answer would come too late. */
  'deadline',
] as const;
export type ShedCause = (typeof SHED_CAUSES)[number];

/**
 * A new connection takes at least three turns of the event loop: to be accepted, to shake hands, to send its request. And it
 * costs as much as several reviews. So it is closed before that, where a turn takes more than this share of the deadline.
 */
const TURN_SHARE = 0.2;
/** Nobody can make the bound above tighter than the API server's shortest deadline does. */
const SHORTEST_DEADLINE_MS = 1_000;
/**
 * A request that has waited longer than this share of its deadline is given up unread. What is left goes to those that can
 * still be answered: since all of one turn of the event loop have waited alike, answering the old ones first would only
 * make the others old too, until nobody is answered in time.
 */
const QUEUE_SHARE = 0.7;
/**
 * An answer must be written this long before the deadline, which is its way to the caller: a tenth of the deadline, and no
 * more than what a bad network inside a cluster takes.
 */
const MARGIN_SHARE = 0.1;
const MOST_MARGIN_MS = 250;
/** A caller that has waited for its connection sends at once; a request that comes later than this had no need to wait. */
const SPARE_AFTER_MS = 100;

/** What is known of an open connection. */
interface Caller {
  /** The moment, at the earliest, at which the call began whose request came last. */
  begunAt: number;
  /** Of a connection on which there was no request yet: when its handshake was done, and when it was dialled. */
  first: { readonly securedAt: number; readonly dialledAt: number } | undefined;
}

export interface OverloadParts {
  /** Not listening yet. */
  readonly server: Server;
  /** For callers that name no deadline. */
  readonly requestTimeoutMs: number;
  readonly countShed: (cause: ShedCause) => void;
}

/** Sheds what cannot be answered in time. */
export interface Overload {
  /** To be asked for each request before anything is done for it. False: it has been closed. */
  readonly admit: (request: IncomingMessage) => boolean;
  /** To be asked before work is done for a request or an answer is written. True: it has been closed. */
  readonly giveUp: (request: IncomingMessage) => boolean;
  readonly stop: () => void;
}

/**
 * Keeps the promise that no answer comes after the caller's deadline, and that the others come while it is busy.
 *
 * An answer that is too late is worse than none: the API server has gone on without it, and its work was taken from others.
 * Closing the connection tells the API server at once; `failurePolicy: Ignore` stands for it.
 */
export function shedOverload({ server, requestTimeoutMs, countShed }: OverloadParts): Overload {
  const turns = watchTurns();
  const callers = new WeakMap<Socket, Caller>();
  // A new connection says nothing yet: its caller is taken to wait as long as the last one.
  let last = { url: '', deadlineMs: requestTimeoutMs };
  const isTooSlow = (waitedMs: number): boolean =>
    waitedMs > TURN_SHARE * Math.max(last.deadlineMs, SHORTEST_DEADLINE_MS);
  guardDials(server, {
    refuses: () => isTooSlow(turns.waitedMs(performance.now())) && (countShed('connection'), true),
    onSecure: (socket, first) => callers.set(socket, { begunAt: 0, first }),
    waitedMs: turns.waitedMs,
  });

  /** The API server calls the same two addresses all the time. */
  function deadlineMsOf({ url = '' }: IncomingMessage): number {
    if (url !== last.url) last = { url, deadlineMs: deadlineOf(url, requestTimeoutMs) };
    return last.deadlineMs;
  }

  function beginOf(socket: Socket): number {
    const now = performance.now();
    const sentAt = now - turns.waitedMs(now);
    const caller = callers.get(socket);
    if (caller === undefined) return sentAt;
    const { first } = caller;
    caller.first = undefined;
    // A spare connection, dialled for a call that went another way, may be old without anybody having waited.
    caller.begunAt = first !== undefined && sentAt - first.securedAt < SPARE_AFTER_MS ? first.dialledAt : sentAt;
    return caller.begunAt;
  }
  function shed({ socket }: IncomingMessage, cause: ShedCause): void {
    socket.destroy();
    countShed(cause);
  }

  return {
    admit(request) {
      const waitedMs = performance.now() - beginOf(request.socket);
      if (waitedMs < QUEUE_SHARE * deadlineMsOf(request)) return true;
      shed(request, 'queue');
      return false;
    },
    giveUp(request) {
      const { begunAt } = callers.get(request.socket) ?? { begunAt: Infinity };
      const tookMs = performance.now() - begunAt;
      const deadlineMs = deadlineMsOf(request);
      if (tookMs < deadlineMs - Math.min(MARGIN_SHARE * deadlineMs, MOST_MARGIN_MS)) return false;
      shed(request, 'deadline');
      return true;
    },
    stop: turns.stop,
  };
}

interface DialGuard {
  /** Asked for each new connection, before anything is done for it. */
  readonly refuses: () => boolean;
  /** A handshake is done. */
  readonly onSecure: (socket: Socket, first: NonNullable<Caller['first']>) => void;
  readonly waitedMs: (now: number) => number;
}

/** Stands in front of all who listen for connections so far, and remembers when those were dialled that they are told of. */
function guardDials(server: Server, { refuses, onSecure, waitedMs }: DialGuard): void {
  // Node does not say which connection a TLS socket belongs to; the other end's address and port do.
  const dials = new Map<string, number>();
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (refuses()) return void socket.destroy();
    const now = performance.now();
    const peer = peerOf(socket);
    dials.set(peer, now - waitedMs(now));
    socket.once('close', () => dials.delete(peer));
    for (const listener of listeners) listener.call(server, socket);
  });
  server.on('secureConnection', (socket) => {
    const securedAt = performance.now();
    const peer = peerOf(socket);
    onSecure(socket, { securedAt, dialledAt: dials.get(peer) ?? securedAt });
    dials.delete(peer);
  });
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
