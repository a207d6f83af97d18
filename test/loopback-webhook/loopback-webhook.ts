/** The webhook in this process, on a free loopback port with a certificate of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../../certs/certificates.ts';
import { createLogger } from '../../src/logger.ts';
import type { Configuration } from '../../src/settings/index.ts';
import { startWebhook } from '../../src/webhook/index.ts';

export interface LoopbackWebhook {
  readonly url: string;
  readonly metricsUrl: string;
  readonly port: number;
  readonly caPem: string;
  readonly stop: () => Promise<void>;
}

/** Starts it; `configuration` is asked for every review. */
export async function startLoopbackWebhook(configuration: () => Configuration): Promise<LoopbackWebhook> {
  const folder = await mkdtemp(join(tmpdir(), 'tracehook-webhook-'));
  const { ca, serving } = await makeCertificates();
  const certFile = join(folder, 'tls.crt');
  const keyFile = join(folder, 'tls.key');
  await writeFile(certFile, serving.certificate);
  await writeFile(keyFile, serving.key, { mode: 0o600 });
  const webhook = await startWebhook(
    {
      host: '127.0.0.1',
      port: 0,
      metricsHost: '127.0.0.1',
      metricsPort: 0,
      certFile,
      keyFile,
      certificatePollMs: 1_000,
      requestTimeoutMs: 10_000,
      drainDelayMs: 0,
      drainTimeoutMs: 5_000,
    },
    { configuration, logger: createLogger({ level: 'error' }) },
  );
  const { url, metricsUrl, port } = webhook;
  return {
    url,
    metricsUrl,
    port,
    caPem: ca.certificate,
    async stop() {
      await webhook.drain();
      await rm(folder, { recursive: true });
    },
  };
}
