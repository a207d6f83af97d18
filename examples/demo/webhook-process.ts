/** `tracehook webhook`, as a process of its own on free loopback ports, with a certificate made for it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificates } from '../../certs/certificates.ts';
import { killOwned, spawnOwned } from '../../test/control-plane/owned.ts';
import { PROJECT } from './manifests.ts';
import { PROGRAM } from './tracehook.ts';

export interface WebhookProcess {
  /** As in "https://127.0.0.1:43210". */
  readonly url: string;
  readonly metricsUrl: string;
  readonly caPem: string;
  readonly pid: number;
  /** Rejects if the process ends before `stop`; else it stays pending. */
  readonly ended: Promise<never>;
  /** Returns when the process is gone. */
  readonly stop: () => Promise<void>;
}

// The API server's connections are idle by then; what is still open after that is not worth waiting for.
const STOP_TIMEOUT_MS = 5_000;
const LOG_LINES_SHOWN = 10;

/**
 * Makes certificates in `folder` and starts it; returns when it serves.
 * @throws Error with the end of its log, if it ends early.
 */
export async function startWebhookProcess(folder: string, configuration: string): Promise<WebhookProcess> {
  const { ca, serving } = await makeCertificates({ dns: ['localhost'], ips: ['127.0.0.1'], days: 1 });
  const [certificate, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  await writeFile(certificate, serving.certificate);
  await writeFile(key, serving.key, { mode: 0o600 });
  const child = spawnOwned(process.execPath, [PROGRAM, ...webhookArguments(configuration, certificate, key)], {
    cwd: PROJECT,
    // Nothing of the caller's environment: TRACEHOOK_* are options too.
    env: { PATH: process.env['PATH'] },
    output: 'pipe',
  });
  const log: string[] = [];
  let stopping = false;
  const ended = endOf(child).then((how) => {
    if (stopping) return new Promise<never>(() => undefined);
    throw new Error(`the webhook ended (${how})\nend of its log:\n${log.slice(-LOG_LINES_SHOWN).join('\n')}`);
  });
  ended.catch(() => undefined);
  const { url, metricsUrl } = await Promise.race([serves(child, log), ended]);
  return {
    url,
    metricsUrl,
    caPem: ca.certificate,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      stopping = true;
      await stopChild(child);
    },
  };
}

function webhookArguments(configuration: string, certificate: string, key: string): string[] {
  const files = ['--config', configuration, '--tls-cert', certificate, '--tls-key', key];
  const ports = ['--host', '127.0.0.1', '--port', '0', '--metrics-host', '127.0.0.1', '--metrics-port', '0'];
  // Nothing has to learn that it goes away.
  return ['webhook', ...files, ...ports, '--drain-delay', '0s', '--drain-timeout', '2s'];
}

interface Serving {
  readonly url: string;
  readonly metricsUrl: string;
}

/** Its log is JSON, a line each; the one with the ports that it was given is the sign that it serves. */
function serves({ stdout, stderr }: ChildProcess, log: string[]): Promise<Serving> {
  return new Promise((resolve) => {
    for (const stream of [stdout, stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        if (log.length > LOG_LINES_SHOWN) log.shift();
        const serving = /"url":"([^"]+)","metricsUrl":"([^"]+)"/.exec(line);
        if (serving?.[1] !== undefined && serving[2] !== undefined) {
          resolve({ url: serving[1], metricsUrl: serving[2] });
        }
      });
    }
  });
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it did not start: ${error.message}`));
    // Not `exit`: the end of its log would still be on the way.
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([gone, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  await killOwned(child);
}
