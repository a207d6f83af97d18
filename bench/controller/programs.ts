import { createInterface } from 'node:readline';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import { controllerManagerFlags } from '../../test/control-plane/command-lines.ts';
import { type Component, startComponent } from '../../test/control-plane/component.ts';
import { killOwned, spawnOwned } from '../../test/control-plane/owned.ts';
import { waitFor } from '../../test/control-plane/wait-for.ts';
import { PROGRAM, PROJECT } from '../../test/server-process/bundle.ts';
import type { Cluster } from './cluster.ts';
import type { LoopResult } from './loop.ts';
import { INSTALLED_IN } from './objects.ts';

/** `tracehook controller`, the built program, as a Pod runs it but for its ports. */
export interface ControllerProcess {
  readonly pid: number;
  /** `performance.now()` of its start. */
  readonly startedAt: number;
  /** Its page of metrics: values by name and labels, as in `x_total{a="b"}`. */
  readonly metrics: () => Promise<ReadonlyMap<string, number>>;
  /** SIGTERM; returns when it is gone. */
  readonly stop: () => Promise<void>;
}

export interface ControllerStart {
  /** Options of Node. */
  readonly node?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const START_MS = 60_000;
const STOP_MS = 60_000;

/** Returns when it serves. @throws Error with what it has said, if it ends early. */
export async function startController(
  { account, address }: Cluster,
  { node = [], environment = {} }: ControllerStart = {},
): Promise<ControllerProcess> {
  const startedAt = performance.now();
  const hosts = ['--host', '127.0.0.1', '--metrics-host', '127.0.0.1'];
  const ports = ['--sampling-http-port', '0', '--sampling-grpc-port', '0', '--metrics-port', '0'];
  const options = ['--namespace', INSTALLED_IN, '--service-account', account, ...hosts, ...ports];
  const child = spawnOwned(process.execPath, [...node, PROGRAM, 'controller', ...options], {
    cwd: PROJECT,
    env: {
      PATH: process.env['PATH'],
      KUBERNETES_SERVICE_HOST: address.host,
      KUBERNETES_SERVICE_PORT: address.port,
      ...environment,
    },
    output: 'pipe',
  });
  const lines: string[] = [];
  let metricsUrl = '';
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > 50) lines.shift();
      metricsUrl = /"metricsUrl":"([^"]+)"/.exec(line)?.[1] ?? metricsUrl;
    });
  }
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  await waitFor('the controller to serve', () => metricsUrl !== '' || isGone(), { timeoutMs: START_MS, everyMs: 5 });
  if (isGone()) throw new Error(`the controller has ended:\n${lines.join('\n')}`);
  return {
    pid: child.pid ?? 0,
    startedAt,
    async metrics() {
      if (isGone()) throw new Error(`the controller has ended:\n${lines.join('\n')}`);
      return readMetrics(await (await fetch(`${metricsUrl}/metrics`)).text());
    },
    async stop() {
      child.kill('SIGTERM');
      try {
        await waitFor('the controller to end', isGone, { timeoutMs: STOP_MS });
      } finally {
        await killOwned(child);
      }
    },
  };
}

/** A page in Prometheus' text format. */
export function readMetrics(page: string): ReadonlyMap<string, number> {
  const found = [...page.matchAll(/^([a-z]\S*(?:\{.*\})?) (\S+)$/gim)];
  return new Map(found.map(([, name = '', value]) => [name, Number(value)]));
}

/** The bare loop, ready to be run. */
export type Loop = (namespaces: number) => Promise<LoopResult>;

/** Twice as many as there are connections: there is always one that waits for its turn. */
const LOOP_WRITES_AT_A_TIME = 8;

/** Bundled like the program: reading TypeScript would count against it. */
export async function buildLoop({ plane, account, address }: Cluster): Promise<Loop> {
  const file = join(plane.folder, 'loop', 'loop.mjs');
  await mkdir(join(plane.folder, 'loop'));
  await build({
    input: join(PROJECT, 'bench/controller/loop.ts'),
    platform: 'node',
    external: ['@kubernetes/client-node'],
    output: { dir: join(plane.folder, 'loop'), entryFileNames: 'loop.mjs', format: 'esm' },
  });
  return async (namespaces) => {
    const args = [file, address.host, address.port, account, String(namespaces), String(LOOP_WRITES_AT_A_TIME)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env['PATH'] } });
    return JSON.parse(stdout) as LoopResult;
  };
}

/**
 * kube-controller-manager with nothing but its publisher of root CAs, which writes the ConfigMap `kube-root-ca.crt` into every
 * namespace; with the requests a second that are its default.
 */
export async function startPublisher({ plane, binaries }: Cluster): Promise<Component> {
  const layout = {
    folder: plane.folder,
    ports: { apiServer: 0, etcdClient: 0, etcdPeer: 0 },
    emulatedVersion: undefined,
    controllers: true,
  };
  const flags = controllerManagerFlags(layout).filter((flag) => !/^--(controllers|kube-api-(qps|burst))=/.test(flag));
  const name = 'kube-controller-manager';
  const only = '--controllers=root-ca-certificate-publisher-controller';
  return await startComponent(name, binaries.paths[name], [...flags, only], plane.folder);
}
