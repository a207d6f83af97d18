// Jaeger v2, which polls the strategies of the cluster and hands them on to its own clients.
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killOwned, makeOwnedFolder, removeOwnedFolder, spawnOwned } from '../control-plane/owned.ts';

export interface JaegerBackend {
  /** Where its own clients ask. */
  readonly samplingEndpoint: string;
  readonly stop: () => Promise<void>;
}

async function findFreePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
  return ports;
}

function configurationOf(strategies: string, [http, grpc, otlp]: readonly number[]): string {
  return JSON.stringify({
    service: {
      extensions: ['jaeger_storage', 'remote_sampling'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
    },
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: 10 } } } },
      remote_sampling: {
        file: { path: strategies, reload_interval: '200ms' },
        http: { endpoint: `127.0.0.1:${http}` },
        grpc: { endpoint: `127.0.0.1:${grpc}` },
      },
    },
    receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${otlp}` } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  });
}

/**
 * Returns when it answers.
 * @throws Error with what it wrote, if it ends early or does not answer.
 */
export async function startJaegerBackend(binary: string, strategies: string): Promise<JaegerBackend> {
  const folder = join(tmpdir(), `tracehook-sampling-backend-${process.pid}-${Date.now()}`);
  await makeOwnedFolder(folder);
  const ports = await findFreePorts(3);
  const file = join(folder, 'config.yaml');
  await writeFile(file, configurationOf(strategies, ports));
  const child = spawnOwned(binary, ['--config', file], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    output: 'pipe',
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => void (log += String(chunk)));
  const stop = async (): Promise<void> => {
    await killOwned(child);
    await removeOwnedFolder(folder);
  };
  const samplingEndpoint = `http://127.0.0.1:${ports[0]}/api/sampling`;
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt += 1) {
    const response = await fetch(`${samplingEndpoint}?service=x`).catch(() => undefined);
    if (response?.ok === true) return { samplingEndpoint, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`Jaeger does not answer\n${log.slice(-4_000)}`);
}
