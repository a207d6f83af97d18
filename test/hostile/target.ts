/** The program under attack: the bundle, as a process of its own. */
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { makeOwnedFolder, removeOwnedFolder } from '../control-plane/owned.ts';
import { PROJECT } from '../server-process/bundle.ts';
import { type WebhookProcess, startWebhookProcess } from '../server-process/webhook-process.ts';

export interface Target {
  readonly port: number;
  readonly metricsPort: number;
  readonly ca: string;
  readonly secureContext: SecureContext;
  readonly server: WebhookProcess;
  /** The most memory that it has held since the last call, in bytes; `undefined` where the system does not say. */
  readonly takePeak: () => Promise<number | undefined>;
  readonly stop: () => Promise<void>;
}

export async function startTarget(): Promise<Target> {
  const folder = join(tmpdir(), `tracehook-hostile-${randomUUID()}`);
  await makeOwnedFolder(folder);
  const server = await startWebhookProcess(folder, join(PROJECT, 'examples/config.yaml'));
  return {
    port: server.port,
    metricsPort: Number(new URL(server.metricsUrl).port),
    ca: server.caPem,
    secureContext: createSecureContext({ ca: server.caPem }),
    server,
    takePeak: () => takePeak(server.pid),
    async stop() {
      await server.stop();
      await removeOwnedFolder(folder);
    },
  };
}

/** Linux keeps the peak itself, so that nothing is missed between two looks; "5" begins anew. */
async function takePeak(pid: number): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    await writeFile(`/proc/${pid}/clear_refs`, '5');
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
