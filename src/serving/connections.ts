import type { IncomingMessage, Server as PlainServer, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';

/** Why a connection was closed by us, other than after an answer that said so. */
export const CLOSE_CAUSES = [
  /** There were too many, and it had proven least. */
  'room',
  /** There were too many, and none of the others could go. */
  'full',
  /** The TLS handshake was not done in time. */
  'handshake',
  /** Nothing was ever sent on it. */
  'unused',
  /** Its caller does not read the answers. */
  'unread',
  /** A request came before the one in front of it was answered. */
  'pipelined',
] as const;
export type CloseCause = (typeof CLOSE_CAUSES)[number];

/** The longest that anything may stand still: with the next sweep, it is closed within 5 s. */
export const PATIENCE_MS = 4_000;
/** An answer that is not read. Shorter, since the system takes some of it before that can be seen. */
const UNREAD_MS = 3_000;
const SWEEP_MS = 500;
/** What the API server keeps an idle connection for is 90 s; it must be the one who closes. */
export const IDLE_MS = 100_000;
/** A body of a caller that is honest arrives at once. One that takes longer has to go where there is no room. */
const SLOW_BODY_MS = 1_000;

export interface ConnectionRules {
  /** How many there may be at a time. */
  readonly most: number;
  /** A handshake comes first. */
  readonly tls: boolean;
  readonly countClosed: (cause: CloseCause) => void;
}

/** The connections of a server: how many there may be, and how long they may stand still. */
export interface Connections {
  /** To be asked for each request before anything is done for it. False: its connection has been closed. */
  readonly admit: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Ends those on which no request has ever begun. */
  readonly closeUnused: () => void;
  /** Ends all, handshakes and requests included. */
  readonly destroyAll: () => void;
  /** Looks at them no more. */
  readonly stop: () => void;
}

interface Connection {
  readonly raw: Socket;
  readonly openedAt: number;
  /** What carries HTTP; absent until the handshake is done. */
  socket?: Socket;
  /** The request under way. */
  response?: ServerResponse | undefined;
  /** When it began, or when the one before it ended. */
  since: number;
  /** Bytes that had come when it began: what comes in one packet was sent without a look at the answer. */
  heard: number;
  /** A request has begun, ever. */
  used: boolean;
  /** It has carried a request that was answered with 200. */
  proven: boolean;
  unreadSince?: number | undefined;
}

/**
 * Keeps track of a server's connections. Where there are too many, the one that has proven least is closed for a new one;
 * where one stands still, it is closed. Node's own limits are for the rest: heads and bodies that do not end, see
 * tls-server.ts.
 *
 * HTTP clients open spare connections (Go's dials one for each waiting request), on which nothing is sent for as long as the
 * client keeps idle ones: they stay. Node counts them as busy, so that neither closeIdleConnections() nor close() ends them.
 */
export function guardConnections(server: PlainServer | TlsServer, rules: ConnectionRules): Connections {
  // In the order in which they were opened.
  const all = new Set<Connection>();
  const ofSocket = new WeakMap<Socket, Connection>();
  // Node does not say which connection a TLS socket belongs to; the two ends' addresses do.
  const handshakes = new Map<string, Connection>();
  const timer = setInterval(sweep, SWEEP_MS).unref();

  function close(connection: Connection, cause: CloseCause): void {
    all.delete(connection);
    rules.countClosed(cause);
    connection.socket?.destroy();
    connection.raw.destroy();
  }
  function secure(connection: Connection, socket: Socket): void {
    connection.socket = socket;
    ofSocket.set(socket, connection);
  }
  function sweep(): void {
    const now = performance.now();
    for (const connection of all) {
      const cause = standsStill(connection, now);
      if (cause !== undefined) close(connection, cause);
    }
  }

  server.on('connection', (raw: Socket) => {
    // A caller may vanish in the middle of a handshake.
    raw.on('error', () => raw.destroy());
    const now = performance.now();
    const connection = { raw, openedAt: now, since: now, heard: 0, used: false, proven: false };
    if (all.size >= rules.most) {
      const dispensable = leastProven(all, now);
      close(dispensable ?? connection, dispensable === undefined ? 'full' : 'room');
      if (dispensable === undefined) return;
    }
    all.add(connection);
    raw.once('close', () => all.delete(connection));
    if (!rules.tls) return secure(connection, raw);
    const ends = endsOf(raw);
    handshakes.set(ends, connection);
    raw.once('close', () => {
      // The next caller may have the port of one whose end we learn of only now.
      if (handshakes.get(ends) === connection) handshakes.delete(ends);
    });
  });
  if (rules.tls) {
    server.on('secureConnection', (socket: Socket) => {
      const connection = handshakes.get(endsOf(socket));
      if (connection === undefined) socket.destroy();
      else secure(connection, socket);
    });
  }

  return {
    admit(request, response) {
      const connection = ofSocket.get(request.socket);
      // Requests of one packet are all read, even if the first of them has ended the connection.
      if (connection === undefined || !all.has(connection)) return false;
      const heard = request.socket.bytesRead;
      const before = connection.response;
      if (before !== undefined && (heard === connection.heard || !isOnItsWay(before))) {
        stopParsing(request.socket);
        close(connection, 'pipelined');
        return false;
      }
      connection.used = true;
      connection.heard = heard;
      connection.response = response;
      connection.since = performance.now();
      response.once('close', () => {
        if (connection.response === response) connection.response = undefined;
        connection.since = performance.now();
        if (response.statusCode === 200 && response.writableFinished) connection.proven = true;
      });
      return true;
    },
    closeUnused() {
      for (const { used, socket } of all) if (!used) socket?.destroy();
    },
    destroyAll() {
      server.closeAllConnections();
      for (const { raw } of all) raw.destroy();
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * Node reads every request of a packet, even if the first has ended its connection: three thousand, of two kilobytes each
 * once they are read, and as many on every connection that was told of in the same turn. What it asks for each is whether HTTP
 * goes on behind it (2: it does not, as behind an upgrade). That is no public interface: where it is not there, all are read.
 */
function stopParsing(socket: Socket): void {
  const parser: unknown = Reflect.get(socket, 'parser');
  if (typeof parser === 'object' && parser !== null && 'onIncoming' in parser) parser.onIncoming = () => 2;
}

function endsOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

/**
 * The connection to be closed for a new one: the oldest of those that have not carried a good request and do not carry one
 * now; else the oldest with a body that does not arrive; else the one that has been idle for the longest. One with a request
 * under way is never closed, so that there may be none.
 */
function leastProven(all: Iterable<Connection>, now: number): Connection | undefined {
  let slow: Connection | undefined;
  let idle: Connection | undefined;
  for (const connection of all) {
    const { proven, response, since } = connection;
    if (response === undefined) {
      if (!proven) return connection;
      if (idle === undefined || since < idle.since) idle = connection;
    } else if (!proven && now - since > SLOW_BODY_MS) slow ??= connection;
  }
  return slow ?? idle;
}

/**
 * An answer that is written may be with its caller before we are told so, and the next request in our hands, however long the
 * answer is. But one that waits for another in front of it (it has no socket yet) cannot have been read: two answers are all
 * that a connection holds for a caller who does not read.
 */
function isOnItsWay({ writableEnded, writableFinished, socket }: ServerResponse): boolean {
  return writableFinished || (writableEnded && socket !== null);
}

function standsStill(connection: Connection, now: number): CloseCause | undefined {
  const { socket, openedAt, used } = connection;
  if (socket === undefined) return now - openedAt > PATIENCE_MS ? 'handshake' : undefined;
  if (socket.writableLength === 0) connection.unreadSince = undefined;
  else if (now - (connection.unreadSince ??= now) > UNREAD_MS) return 'unread';
  return !used && socket.bytesRead === 0 && now - openedAt > IDLE_MS ? 'unused' : undefined;
}
