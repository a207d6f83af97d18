// Controllers as processes of their own, each behind a proxy that sees its writes.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type FaultProxy, startFaultProxy } from '../fault-proxy/fault-proxy.ts';
import { startControllerProcess } from '../server-process/controller-process.ts';
import type { ServerProcess } from '../server-process/server-process.ts';

export interface Replica extends ServerProcess {
  readonly proxy: FaultProxy;
  /** Writes so far, as "POST /api/v1/…", those of the Lease left out. */
  readonly writes: () => readonly string[];
}

/** Starts one; it is stopped when the test is over. */
export async function startReplica(plane: ControlPlane, leaseName: string, identity: string): Promise<Replica> {
  const proxy = await startFaultProxy(plane);
  const folder = await mkdtemp(join(tmpdir(), 'tracehook-replica-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, await kubeconfigThrough(proxy, plane), { mode: 0o600 });
  onTestFinished(async () => {
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
  });
  const server = await startControllerProcess({ kubeconfig, leaseName, identity });
  onTestFinished(() => {
    server.signal('SIGCONT');
    return server.stop();
  });
  return {
    ...server,
    proxy,
    writes: () =>
      proxy.requests
        .filter(({ method, url }) => method !== 'GET' && !url.includes('/leases'))
        .map(({ method, url }) => `${method} ${url.split('?')[0]}`),
  };
}

/** The administrator's, by way of the proxy. */
async function kubeconfigThrough(proxy: FaultProxy, plane: ControlPlane): Promise<string> {
  const text = await readFile(plane.kubeconfig(), 'utf8');
  const ca = Buffer.from(proxy.caPem()).toString('base64');
  return text
    .replace(plane.url, proxy.url)
    .replace(/certificate-authority-data: .*|certificate-authority: .*/, `certificate-authority-data: ${ca}`);
}

export async function isLeading({ metricsUrl }: ServerProcess): Promise<boolean> {
  const text = await (await fetch(`${metricsUrl}/metrics`, { headers: { Connection: 'close' } })).text();
  return text.includes('tracehook_controller_leader 1\n');
}

export async function untilLeading(replica: ServerProcess): Promise<void> {
  await waitFor('the replica to lead', () => isLeading(replica), { timeoutMs: 60_000 });
}
