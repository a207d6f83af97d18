import type { Server } from 'node:net';
import { createNotices, formatHost, type Lines, listen } from '../serving/index.ts';
import type { Configuration } from '../settings/index.ts';
import { createAnswers } from './answers.ts';
import { createGrpcServer } from './grpc.ts';
import { createHttpServer } from './http.ts';
import type { Port, SamplingMetrics } from './metrics.ts';

export interface SamplingServerParts {
  /** The configuration in force, from memory; a new object after each change. */
  readonly configuration: () => Configuration;
  /** Address that both ports are bound to. */
  readonly host: string;
  /** Ports; 0 takes a free one. Clients are pointed at SAMPLING_HTTP_PORT and SAMPLING_GRPC_PORT. */
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly logger: Lines;
  readonly metrics: SamplingMetrics;
}

export interface RunningSamplingServer {
  /** `http://` with the address and port actually bound. */
  readonly urls: { readonly http: string; readonly grpc: string };
  /** Answers what has been asked, and closes both ports; a second call returns the same promise. Never rejects. */
  readonly stop: () => Promise<void>;
}

/** How long requests may take to finish after stop(): they are short. */
const STOP_MS = 1_000;

/**
 * Serves sampling strategies over HTTP and gRPC, both in plain text: clients are not told of certificates. Resolves once both
 * ports accept connections; rejects with Node's error if one cannot be bound, and leaves nothing open then.
 */
export async function startSamplingServer(parts: SamplingServerParts): Promise<RunningSamplingServer> {
  const { configuration, host, httpPort, grpcPort, logger } = parts;
  let stopped: Promise<void> | undefined;
  const notices = createNotices(logger);
  const metrics: SamplingMetrics = {
    ...parts.metrics,
    countClosed(port: Port, cause) {
      parts.metrics.countClosed(port, cause);
      notices.note(`a connection for sampling was closed: ${cause}`);
    },
  };
  const answers = createAnswers(configuration);
  const http = createHttpServer({ answers, metrics, logger, stopping: () => stopped !== undefined });
  const grpc = createGrpcServer({ answers, metrics, logger });

  async function close(): Promise<void> {
    const timeout = setTimeout(() => {
      http.connections.destroyAll();
      grpc.sessions.destroyAll();
    }, STOP_MS);
    http.connections.closeUnused();
    const closed = Promise.all([closeServer(http.server), closeServer(grpc.server)]);
    grpc.sessions.finishAll();
    await closed;
    clearTimeout(timeout);
    http.connections.stop();
    grpc.sessions.stop();
    notices.stop();
  }
  const stop = (): Promise<void> => (stopped ??= close());

  try {
    const ports = [await listen(http.server, httpPort, host), await listen(grpc.server, grpcPort, host)];
    const [httpUrl = '', grpcUrl = ''] = ports.map((port) => `http://${formatHost(host)}:${port}`);
    return { urls: { http: httpUrl, grpc: grpcUrl }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Resolves once no connection is left; at once, if it never listened. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}
