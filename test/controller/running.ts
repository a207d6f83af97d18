// A controller in this process, behind the proxy, which sees each of its writes.
import { onTestFinished } from 'vitest';
import { type ControllerOptions, type RunningController, startController } from '../../src/controller/index.ts';
import { createLogger } from '../../src/logger.ts';
import type { KubernetesObject } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import type { FaultProxy } from '../fault-proxy/fault-proxy.ts';
import { mountBehindProxy } from '../kube/edge.ts';

export const SAMPLING_TARGET = 'tracehook-sampling.tracehook-system.svc.cluster.local';

export interface Controller extends RunningController {
  readonly proxy: FaultProxy;
  readonly lines: readonly string[];
  /** Writes so far, as "POST /api/v1/…", those of the Lease left out. */
  readonly writes: () => readonly string[];
  /** Resolves when it has nothing more to do. */
  readonly settled: () => Promise<void>;
}

let identities = 0;

/** Resolves when it leads and has settled. */
export async function runController(
  plane: ControlPlane,
  changes: Partial<ControllerOptions> = {},
): Promise<Controller> {
  const { transport, proxy } = await mountBehindProxy({ onTestFinished }, plane);
  const lines: string[] = [];
  identities += 1;
  const running = await startController(
    {
      leaseNamespace: 'default',
      leaseName: `controller-${identities}`,
      identity: `replica-${identities}`,
      samplingTarget: SAMPLING_TARGET,
      host: '127.0.0.1',
      samplingHttpPort: 0,
      samplingGrpcPort: 0,
      metricsHost: '127.0.0.1',
      metricsPort: 0,
      concurrency: 8,
      watchConfigMaps: true,
      ...changes,
    },
    { transport, logger: createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } }) },
  );
  onTestFinished(() => running.stop());
  const controller: Controller = {
    ...running,
    proxy,
    lines,
    writes: () =>
      proxy.requests
        .filter(({ method, url }) => method !== 'GET' && !url.includes('/leases'))
        .map(({ method, url }) => `${method} ${url.split('?')[0]}`),
    async settled() {
      await waitFor('the queue to be empty', async () => {
        const text = await metricsOf(running);
        const isLeader = text.includes('tracehook_controller_leader 1\n');
        const isIdle = ['waiting', 'under_way'].every((state) =>
          text.includes(`tracehook_controller_queue_length{state="${state}"} 0\n`),
        );
        return isLeader && isIdle && (await isReady(running));
      });
    },
  };
  await controller.settled();
  return controller;
}

export async function metricsOf({ metricsUrl }: RunningController): Promise<string> {
  return await (await fetch(`${metricsUrl}/metrics`, { headers: { Connection: 'close' } })).text();
}

async function isReady({ metricsUrl }: RunningController): Promise<boolean> {
  return (await fetch(`${metricsUrl}/readyz`, { headers: { Connection: 'close' } })).ok;
}

let namespaces = 0;

/** A new namespace, opted in unless `label` says otherwise. */
export async function newNamespace(plane: ControlPlane, label: string | null = 'enabled'): Promise<string> {
  namespaces += 1;
  const name = `synced-${namespaces}`;
  const labels = label === null ? {} : { 'tracehook.io/injection': label };
  await plane.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  return name;
}

export interface Synced extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const KINDS = [
  ['ConfigMap', 'tracehook-env'],
  ['ConfigMap', 'tracehook-sampling'],
  ['Service', 'tracehook-sampling'],
] as const;

/** The three objects of a namespace, as far as they are there, in the order in which they are written. */
export async function objectsOf({ client }: ControlPlane, namespace: string): Promise<readonly Synced[]> {
  const found = await Promise.all(
    KINDS.map(async ([kind, name]) => {
      const all = await client.list<Synced>({ apiVersion: 'v1', kind, metadata: { namespace } });
      return all.filter(({ metadata }) => metadata.name === name);
    }),
  );
  return found.flat();
}

/** Waits for all three. */
export async function threeOf(plane: ControlPlane, namespace: string): Promise<readonly [Synced, Synced, Synced]> {
  return await waitFor(`the objects of ${namespace}`, async () => {
    const [env, sampling, service] = await objectsOf(plane, namespace);
    return env !== undefined && sampling !== undefined && service !== undefined && ([env, sampling, service] as const);
  });
}
