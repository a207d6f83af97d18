import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { deadlineOf } from './deadline.ts';
import { watchTurns } from './turns.ts';

/** Why a request was closed without an answer. */
export const SHED_CAUSES = [
  /** It had waited too long for its turn, and was not looked at. */
  'queue',
  /** It was looked at, but the answer would come too late. */
  'deadline',
] as const;
export type ShedCause = (typeof SHED_CAUSES)[number];

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
/** Deadlines are whole seconds: what has waited less than this needs no look at its own. */
const NEGLIGIBLE_WAIT_MS = 50;
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
  trackDials(server, turns.waitedMs, (socket, first) => callers.set(socket, { begunAt: 0, first }));

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
      if (waitedMs < NEGLIGIBLE_WAIT_MS) return true;
      if (waitedMs < QUEUE_SHARE * deadlineOf(request.url ?? '', requestTimeoutMs)) return true;
      shed(request, 'queue');
      return false;
    },
    giveUp(request) {
      const { begunAt } = callers.get(request.socket) ?? { begunAt: Infinity };
      const tookMs = performance.now() - begunAt;
      if (tookMs < NEGLIGIBLE_WAIT_MS) return false;
      const deadlineMs = deadlineOf(request.url ?? '', requestTimeoutMs);
      if (tookMs < deadlineMs - Math.min(MARGIN_SHARE * deadlineMs, MOST_MARGIN_MS)) return false;
      shed(request, 'deadline');
      return true;
    },
    stop: turns.stop,
  };
}

/** Says of each connection, when its handshake is done, when it was dialled at the earliest. */
function trackDials(
  server: Server,
  waitedMs: (now: number) => number,
  onSecure: (socket: Socket, first: NonNullable<Caller['first']>) => void,
): void {
  // Node does not say which connection a TLS socket belongs to; the other end's address and port do.
  const dials = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const now = performance.now();
    const peer = peerOf(socket);
    dials.set(peer, now - waitedMs(now));
    socket.once('close', () => dials.delete(peer));
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
