import type { Server } from 'node:https';
import type { Socket } from 'node:net';

/** The connections of a TLS server that its own close() would wait for. */
export interface Connections {
  /** Ends those on which no request has ever begun. */
  readonly closeUnused: () => void;
  /** Ends all, handshakes and requests included. */
  readonly destroyAll: () => void;
}

/**
 * Keeps track of a server's connections. HTTP clients open spare ones (Go's dials one for each waiting request), and Node
 * counts a connection without a request as busy, so that neither closeIdleConnections() nor close() ends it.
 */
export function trackConnections(server: Server): Connections {
  const all = new Set<Socket>();
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    all.add(socket);
    socket.once('close', () => all.delete(socket));
    // A caller may vanish in the middle of a handshake.
    socket.on('error', () => socket.destroy());
  });
  server.on('secureConnection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return {
    closeUnused: () => unused.forEach((socket) => socket.destroy()),
    destroyAll() {
      server.closeAllConnections();
      all.forEach((socket) => socket.destroy());
    },
  };
}
