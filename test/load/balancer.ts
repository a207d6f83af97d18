import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Where connections may go. */
export interface Backend {
  readonly port: number;
}

/** A TCP balancer on a free loopback port. */
export interface Balancer {
  readonly port: number;
  /** New connections go to each of these in turn. */
  readonly rotation: Set<Backend>;
  /** How often a backend ended a connection on which the caller had had the last word: what a caller can have lost. */
  readonly cutOff: () => number;
  /** How many connections no backend took. */
  readonly refused: () => number;
  readonly close: () => Promise<void>;
}

/** TLS says goodbye with a record that is shorter, and no request is. */
const GOODBYE_BYTES = 100;

/**
 * As a Service with kube-proxy: each new connection goes to one of the backends in rotation, and stays with it, also when
 * that one leaves the rotation; ends and resets are passed on; what no backend takes is reset.
 */
export async function startBalancer(): Promise<Balancer> {
  const rotation = new Set<Backend>();
  const clients = new Set<Socket>();
  let [turn, cutOff, refused] = [0, 0, 0];

  function carry(client: Socket): void {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    const backends = [...rotation];
    const backend = backends[turn++ % backends.length];
    if (backend === undefined) return refuse(client);
    const server = connect({ port: backend.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    let [connected, isAsked, isOver] = [false, false, false];
    server.once('connect', () => (connected = true));
    client.on('data', (chunk: Buffer) => {
      // A request may cross the end on its way.
      if (serverHasEnded && !isOver && chunk.length > GOODBYE_BYTES) countCutOff();
      isAsked = true;
    });
    client.on('end', () => (isOver = true));
    server.on('data', () => (isAsked = false));
    let serverHasEnded = false;
    const countCutOff = (): void => {
      cutOff += 1;
      isOver = true;
    };
    const serverEnded = (): void => {
      if (connected && isAsked && !isOver) countCutOff();
      serverHasEnded = true;
    };
    server.on('end', serverEnded);
    server.on('error', () => {
      if (!connected) return refuse(client);
      serverEnded();
      client.resetAndDestroy();
    });
    client.on('error', () => {
      isOver = true;
      server.resetAndDestroy();
    });
    client.on('close', () => server.destroy());
    client.pipe(server);
    server.pipe(client);
  }
  function refuse(client: Socket): void {
    refused += 1;
    client.on('error', () => undefined);
    client.resetAndDestroy();
  }

  const listener: Server = createServer({ allowHalfOpen: true, noDelay: true }, carry);
  listener.listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    rotation,
    cutOff: () => cutOff,
    refused: () => refused,
    async close() {
      const closed = once(listener, 'close');
      listener.close();
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}
