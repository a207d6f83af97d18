import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { setImmediate as socketsRead, setTimeout as sleep } from 'node:timers/promises';
import type { Connections } from '../serving/index.ts';
import type { WebhookOptions } from './options.ts';

/**
 * A connection that is new when the port closes may be about to carry its first request: it has this long, which covers a
 * round trip inside a cluster many times over.
 */
const UNUSED_GRACE_MS = 500;

export interface DrainedServers {
  /** The TLS port, and its connections. */
  readonly server: TlsServer;
  readonly connections: Connections;
  readonly health: Server;
}

/**
 * Goes on serving for `drainDelayMs`, in which the cluster learns that this replica is not ready; then closes the TLS port,
 * cutting off whatever is left after `drainTimeoutMs`; the health port last, since it says why.
 */
export async function drainServers(
  servers: DrainedServers,
  { drainDelayMs, drainTimeoutMs }: WebhookOptions,
): Promise<void> {
  const { server, connections, health } = servers;
  await sleep(drainDelayMs);
  // What is idle is about to be closed: not without a look at what has arrived in the meantime.
  await socketsRead();
  const grace = setTimeout(() => setImmediate(connections.closeUnused), Math.min(UNUSED_GRACE_MS, drainTimeoutMs));
  const timeout = setTimeout(connections.destroyAll, drainTimeoutMs);
  await closeServer(server);
  clearTimeout(grace);
  clearTimeout(timeout);
  health.closeAllConnections();
  await closeServer(health);
}

/** Stops accepting and ends idle connections; resolves once no connection is left. */
function closeServer(server: Server | TlsServer): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}
