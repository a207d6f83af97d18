/** `tracehook webhook`, as a process of its own on free loopback ports. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from '../../certs/certificates.ts';
import { PROGRAM } from './bundle.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export interface WebhookProcess extends ServerProcess {
  readonly caPem: string;
}

export interface WebhookProcessOptions {
  /** Path of the configuration; absent: what `args` and `env` say. */
  readonly configuration?: string;
  /** Serving certificate and key, see `writeServingCertificate`. */
  readonly certificate: ServingFiles;
  /** Further options of the command, each a flag and its value. */
  readonly args?: readonly string[];
  /** Words in front of the command, as in `taskset -c 0`. */
  readonly launcher?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface ServingFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Makes certificates in `folder`, and starts it; returns when it serves. @throws Error with the end of its log, if it ends early. */
export async function startWebhookProcess(folder: string, configuration: string): Promise<WebhookProcess> {
  const { ca, serving } = await makeLoopbackCertificates();
  const certificate = await writeServingCertificate(folder, serving);
  const server = await startServing({ configuration, certificate });
  return { ...server, caPem: ca.certificate };
}

/** What a certificate for a server on the loopback is made of. */
export const LOOPBACK = { dns: ['localhost'], ips: ['127.0.0.1'], days: 1 } as const;

/** Certificates for a server on the loopback. */
export function makeLoopbackCertificates(): Promise<Certificates> {
  return makeCertificates(LOOPBACK);
}

/** Writes a pair where it is served from: each file whole, first the certificate and then the key. */
export async function writeServingCertificate(
  folder: string,
  { certificate, key }: Certificates['serving'],
): Promise<ServingFiles> {
  const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
  for (const [file, text] of [
    [files.certFile, certificate],
    [files.keyFile, key],
  ] as const) {
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return files;
}

/** Starts it with files that are there. */
export function startServing({
  configuration,
  certificate: { certFile, keyFile },
  args = [],
  launcher = [],
  env = {},
}: WebhookProcessOptions): Promise<ServerProcess> {
  const source = configuration === undefined ? [] : ['--config', configuration];
  const files = [...source, '--tls-cert', certFile, '--tls-key', keyFile];
  const ports = ['--host', '127.0.0.1', '--port', '0', '--metrics-host', '127.0.0.1', '--metrics-port', '0'];
  // Unless it is said otherwise, nothing has to learn that it goes away.
  const drain = args.includes('--drain-delay') ? [] : ['--drain-delay', '0s', '--drain-timeout', '2s'];
  const [file, ...words] = [...launcher, process.execPath, PROGRAM, 'webhook'];
  return startServerProcess({
    name: 'the webhook',
    file,
    args: [...words, ...files, ...ports, ...drain, ...args],
    env,
  });
}
