import type { Server } from 'node:net';

/**
 * Connections that wait to be accepted. Beyond Node's 511 a rush of callers would not be refused but ignored by the kernel, and
 * try again a second later; the kernel cuts this down to what it allows.
 */
const BACKLOG = 4_096;

/** Binds a port (0 takes a free one) and says which it is. Rejects with Node's error if it cannot be bound. */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** An address as it stands in a URL. */
export function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
