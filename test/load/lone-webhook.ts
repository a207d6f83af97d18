/** One webhook without a balancer, on a core of its own if the machine allows it. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeOwnedFolder, removeOwnedFolder } from '../control-plane/owned.ts';
import { PROJECT } from '../server-process/bundle.ts';
import { makeLoopbackCertificates, startServing, writeServingCertificate } from '../server-process/webhook-process.ts';

export interface LoneWebhook {
  readonly port: number;
  readonly pid: number;
  /** In PEM. */
  readonly ca: string;
  /** What it has counted of requests that it did not answer, by the series' name. */
  readonly counts: () => Promise<Readonly<Record<string, number>>>;
  readonly stop: () => Promise<void>;
}

/** Words to put in front of a command, so that it runs on this core alone; none where that cannot be had. */
export function pinnedTo(core: number): readonly string[] {
  const words = ['taskset', '-c', String(core)] as const;
  const [file, ...args] = [...words, 'true'] as const;
  return core < availableParallelism() && spawnSync(file, args).status === 0 ? words : [];
}

export async function startAlone(launcher: readonly string[]): Promise<LoneWebhook> {
  const folder = join(tmpdir(), `tracehook-load-${randomUUID()}`);
  await makeOwnedFolder(folder);
  const { ca, serving } = await makeLoopbackCertificates();
  const certificate = await writeServingCertificate(folder, serving);
  const webhook = await startServing({ configuration: join(PROJECT, 'examples/config.yaml'), certificate, launcher });
  return {
    port: webhook.port,
    pid: webhook.pid,
    ca: ca.certificate,
    async counts() {
      const text = await (await fetch(`${webhook.metricsUrl}/metrics`)).text();
      const series = text.matchAll(/^tracehook_(\w*(?:shed|connections|refused)\w*(?:\{[^}]*\})?) (\d+)$/gm);
      return Object.fromEntries([...series].map(([, name = '', value]) => [name, Number(value)]));
    },
    async stop() {
      await webhook.stop();
      await removeOwnedFolder(folder);
    },
  };
}
