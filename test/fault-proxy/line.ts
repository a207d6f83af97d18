// The wire in front of the proxy: TCP connections that can fall silent or be reset, and are counted.
import { connect, createServer, type Socket } from 'node:net';

export interface Line {
  readonly port: number;
  counts(): { readonly opened: number; readonly most: number; readonly open: number };
  /** While on, nothing gets through, new connections included. What was held back is lost. */
  blackHole(on: boolean): void;
  resetAll(): void;
  /** Resets the one connection which the target sees come from this port. */
  reset(port: number | undefined): void;
  close(): Promise<void>;
}

/** A line to a port of this machine. */
export async function openLine(target: number): Promise<Line> {
  const clients = new Set<Socket>();
  /** A connection that was in the black hole once stays there: its bytes are gone, so that it can only be given up. */
  const lost = new WeakSet<Socket>();
  const byPort = new Map<number, Socket>();
  let [isSilent, opened, most] = [false, 0, 0];

  const server = createServer({ noDelay: true }, (client) => {
    clients.add(client);
    opened += 1;
    most = Math.max(most, clients.size);
    const inner = connect({ port: target, host: '127.0.0.1', noDelay: true });
    inner.once('connect', () => byPort.set(inner.localPort ?? 0, client));
    join(client, inner);
    join(inner, client);
    client.once('close', () => clients.delete(client));
    inner.once('close', () => {
      byPort.delete(inner.localPort ?? 0);
      // In the black hole nobody learns of an end.
      if (!lost.has(client)) client.destroy();
    });
    client.once('close', () => inner.destroy());
  });

  function join(from: Socket, to: Socket): void {
    from.on('error', () => undefined);
    from.on('data', (bytes: Buffer) => {
      if (isSilent) lost.add(from).add(to);
      if (lost.has(from)) return;
      if (!to.write(bytes)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
    from.on('end', () => {
      if (!isSilent && !lost.has(from)) to.end();
    });
  }

  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  const resetAll = (): void => {
    for (const client of clients) client.resetAndDestroy();
  };
  return {
    port: address.port,
    counts: () => ({ opened, most, open: clients.size }),
    blackHole(on) {
      if (on) for (const client of clients) lost.add(client);
      isSilent = on;
    },
    resetAll,
    reset: (port) => void byPort.get(port ?? 0)?.resetAndDestroy(),
    async close() {
      resetAll();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
