import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { deadlineOf } from './deadline.ts';
import { createLanes } from './lanes.ts';
import { watchTurns } from './turns.ts';

/** Why a connection was closed without an answer. */
export const SHED_CAUSES = [
  /** It was a new one, and its handshake would have to wait too long. */
  'connection',
  /** Its request would wait, or had waited, too long for its turn. */
  'queue',
  /** Its request was looked at, but the answer would come too late. */
  'deadline',
] as const;
export type ShedCause = (typeof SHED_CAUSES)[number];

/**
 * The longest that a request may wait here, as a share of its deadline. One that would wait longer is given up at once; the
 * rest of the deadline is for what comes before and after, and for what was expected wrongly.
 */
const REQUEST_SHARE = 0.5;
/** The same for a new connection, whose request is still to come. */
const DIAL_SHARE = 0.25;
/** The longest that a call may have lasted when its answer begins to be made, with its dial and all that is supposed of it. */
const CALL_SHARE = 0.8;
/** That many wait for their handshakes at most. */
const MOST_DIALS = 1_000;
/** The API server's: with a shorter one nobody can make the webhook close more connections. */
const SHORTEST_DEADLINE_MS = 1_000;
/**
 * An answer must be written this long before the deadline, which is its way to the caller: a tenth of the deadline, and no
 * more than what a bad network inside a cluster takes.
 */
const MARGIN_SHARE = 0.1;
const MOST_MARGIN_MS = 250;
/** A turn of the event loop that has been busy for this long begins nothing more: see lanes.ts. */
const SLICE_MS = 2;
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
  /** Answers a request now, in a moment, or never: then its connection has been closed. */
  readonly admit: (request: IncomingMessage, answer: () => void) => void;
  /** To be asked before work is done for a request or an answer is written. True: its connection has been closed. */
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
  let dialInTurn = false;
  let dialInLastTurn = false;
  const turns = watchTurns(() => {
    dialInLastTurn = dialInTurn;
    dialInTurn = false;
  });
  /** Where each turn brings a connection, more may be waiting: none of them for longer than since the first such turn. */
  let firstDialAt = 0;
  let waitingDials = 0;
  const lanes = createLanes(() => dialInLastTurn);
  const callers = new WeakMap<Socket, Caller>();
  // A new connection says nothing yet: its caller is taken to wait as long as the last one.
  let last = { url: '', deadlineMs: requestTimeoutMs };
  guardDials(server, {
    onDial(socket, shake) {
      const now = performance.now();
      if (!dialInTurn && (!dialInLastTurn || turns.hasSlept())) firstDialAt = now - turns.waitedMs(now);
      dialInTurn = true;
      const waitMs = lanes.dials.expectedMs();
      if (waitMs > DIAL_SHARE * last.deadlineMs || waitingDials === MOST_DIALS) return closeDial(socket);
      const dialledAt = firstDialAt;
      if (lanes.isEmpty() && turns.busyMs(now) < SLICE_MS) return shake(dialledAt);
      waitingDials += 1;
      lanes.dials.push(() => {
        waitingDials -= 1;
        if (performance.now() - dialledAt > DIAL_SHARE * last.deadlineMs) closeDial(socket);
        else if (!socket.destroyed) shake(dialledAt);
      });
    },
    onSecure: (socket, first) => callers.set(socket, { begunAt: 0, first }),
  });
  function closeDial(socket: Socket): void {
    socket.destroy();
    countShed('connection');
  }

  /** The API server calls the same two addresses all the time. */
  function deadlineMsOf({ url = '' }: IncomingMessage): number {
    if (url !== last.url) {
      last = { url, deadlineMs: Math.max(deadlineOf(url, requestTimeoutMs), SHORTEST_DEADLINE_MS) };
    }
    return last.deadlineMs;
  }
  /**
   * When the call began, at the earliest. A call for which no connection was free has dialled one, and takes whichever comes
   * first, that one or one that another call gives back: it may have waited as long as the oldest dial that still waits here.
   */
  function beginOf(socket: Socket, sentAt: number): number {
    const begunAt = sentAt - lanes.dials.oldestMs(sentAt);
    const caller = callers.get(socket);
    if (caller === undefined) return begunAt;
    const { first } = caller;
    caller.first = undefined;
    // A spare connection, dialled for a call that went another way, may be old without anybody having waited.
    const hasWaited = first !== undefined && sentAt - first.securedAt < SPARE_AFTER_MS;
    caller.begunAt = hasWaited ? Math.min(first.dialledAt, begunAt) : begunAt;
    return caller.begunAt;
  }
  function isPast({ socket }: IncomingMessage, ms: number): boolean {
    const caller = callers.get(socket);
    return caller !== undefined && performance.now() - caller.begunAt > ms;
  }
  function shed({ socket }: IncomingMessage, cause: ShedCause): void {
    socket.destroy();
    countShed(cause);
  }

  return {
    admit(request, answer) {
      const now = performance.now();
      const waitedMs = turns.waitedMs(now);
      const lastedMs = now - beginOf(request.socket, now - waitedMs);
      const expectedMs = lanes.requests.expectedMs();
      const deadlineMs = deadlineMsOf(request);
      if (waitedMs + expectedMs > REQUEST_SHARE * deadlineMs || lastedMs + expectedMs > CALL_SHARE * deadlineMs) {
        return shed(request, 'queue');
      }
      if (lanes.isEmpty() && turns.busyMs(now) < SLICE_MS) return answer();
      lanes.requests.push(() => {
        if (request.destroyed) return;
        if (isPast(request, CALL_SHARE * deadlineMsOf(request))) shed(request, 'queue');
        else answer();
      });
    },
    giveUp(request) {
      const deadlineMs = deadlineMsOf(request);
      const isTooLate = isPast(request, deadlineMs - Math.min(MARGIN_SHARE * deadlineMs, MOST_MARGIN_MS));
      if (isTooLate) shed(request, 'deadline');
      return isTooLate;
    },
    stop: turns.stop,
  };
}

interface DialGuard {
  /** Told of each new connection before anything is done for it. `shake` begins its handshake, at once or later. */
  readonly onDial: (socket: Socket, shake: (dialledAt: number) => void) => void;
  /** A handshake is done. */
  readonly onSecure: (socket: Socket, first: NonNullable<Caller['first']>) => void;
}

/** Stands in front of all who listen for connections so far. */
function guardDials(server: Server, { onDial, onSecure }: DialGuard): void {
  // Node does not say which connection a TLS socket belongs to; the other end's address and port do.
  const dials = new Map<string, { readonly socket: Socket; readonly at: number }>();
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      // The next caller may have the port of one whose end we learn of only now.
      if (dials.get(peer)?.socket === socket) dials.delete(peer);
    });
    onDial(socket, (at) => {
      dials.set(peer, { socket, at });
      for (const listener of listeners) listener.call(server, socket);
    });
  });
  server.on('secureConnection', (socket) => {
    const securedAt = performance.now();
    const peer = peerOf(socket);
    onSecure(socket, { securedAt, dialledAt: dials.get(peer)?.at ?? securedAt });
    dials.delete(peer);
  });
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
