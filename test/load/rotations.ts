import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { type Certificates, makeCertificates } from '../../certs/certificates.ts';
import { failuresOf } from '../load-driver/index.ts';
import { LOOPBACK, writeServingCertificate } from '../server-process/webhook-process.ts';
import { DEADLINE_MS, describeCalls, type SteadyCalls, withCalls } from './calls.ts';
import { atMost, type Finding, type Report, type Scenario, told } from './finding.ts';
import { type Replicas, startReplicas } from './replicas.ts';

export interface RotationsSize {
  readonly rotations: number;
  readonly ratePerSecond: number;
  /** Over all of them; the rotations are spread over these. */
  readonly calls: number;
  readonly pollMs: number;
  readonly timeoutMs: number;
}

/** The serving certificate is renewed, every other time with its CA, under a steady load. */
export const rotations: Scenario = {
  name: 'rotations',
  title: 'Renewals of the certificate, and of its CA with an overlap, lose no call',
  short: (report) =>
    runRotations({ rotations: 2, ratePerSecond: 50, calls: 200, pollMs: 100, timeoutMs: DEADLINE_MS.short }, report),
  long: (report) =>
    runRotations(
      { rotations: 20, ratePerSecond: 200, calls: 100_000, pollMs: 1_000, timeoutMs: DEADLINE_MS.long },
      report,
    ),
};

export async function runRotations(size: RotationsSize, report: Report): Promise<readonly Finding[]> {
  const { rotations: wanted, ratePerSecond, pollMs } = size;
  const replicas = await startReplicas({ propagationMs: 0, args: ['--certificate-poll', `${pollMs}ms`] });
  try {
    let { certificates } = replicas;
    const target = { port: replicas.balancer.port, ca: certificates.ca.certificate, timeoutMs: size.timeoutMs };
    const summary = await withCalls(target, ratePerSecond, async (load) => {
      for (let done = 0; done < wanted; done++) {
        const withAuthority = done % 2 === 1;
        report(`rotation ${done + 1} of ${wanted}, ${withAuthority ? 'of the CA' : 'of the leaf'}`);
        const rotation = { replicas, load, pollMs, write: WAYS[done % WAYS.length] ?? writeWhole };
        certificates = await (withAuthority ? rotateAuthority : rotateLeaf)(rotation, certificates);
        await load.reached(Math.floor(((done + 1) * size.calls) / wanted));
      }
      return load.end();
    });
    return [
      atMost('calls failed', failuresOf(summary), 0),
      told('rotations, half of them with the CA', wanted),
      ...describeCalls(summary),
    ];
  } finally {
    await replicas.stop();
  }
}

interface Rotation {
  readonly replicas: Replicas;
  readonly load: SteadyCalls;
  readonly pollMs: number;
  readonly write: Write;
}

/** A new leaf of the same CA: callers need not know. */
async function rotateLeaf(rotation: Rotation, { ca }: Certificates): Promise<Certificates> {
  const renewed = await makeCertificates(LOOPBACK, ca);
  await swapLeaf(rotation, renewed, ca.certificate);
  return renewed;
}

/** Callers trust the old CA and the new one; then the leaf is swapped; then they forget the old one. */
async function rotateAuthority(rotation: Rotation, { ca }: Certificates): Promise<Certificates> {
  const renewed = await makeCertificates(LOOPBACK);
  await swapLeaf(rotation, renewed, ca.certificate + renewed.ca.certificate);
  await rotation.load.trust(renewed.ca.certificate);
  return renewed;
}

/** Returns when all replicas serve it. New connections are dialled before, in the midst, and after. */
async function swapLeaf({ replicas, load, pollMs, write }: Rotation, { serving }: Certificates, trusted: string) {
  await load.trust(trusted);
  await write(replicas.folder, serving, async () => {
    await sleep(2 * pollMs);
    await load.trust(trusted);
    await sleep(pollMs);
  });
  const { serialNumber } = new X509Certificate(serving.certificate);
  for (const { port } of replicas.processes()) {
    while ((await servedSerial(port)) !== serialNumber) await sleep(pollMs / 2);
  }
  await load.trust(trusted);
}

/** Serial number of the certificate that a port serves to a new connection. */
async function servedSerial(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

type Serving = Certificates['serving'];
/** A way in which new files appear; `pause` gives the server time to see what is there so far. */
type Write = (folder: string, serving: Serving, pause: () => Promise<void>) => Promise<void>;

/** Each file in one step, one soon after the other. */
const writeWhole: Write = async (folder, serving, pause) => {
  await writeServingCertificate(folder, serving);
  await pause();
};

/** Each file in one step, with time in between: key and certificate do not go together. */
const writeKeyFirst: Write = async (folder, serving, pause) => {
  await writeFile(join(folder, 'tls.key.new'), serving.key, { mode: 0o600 });
  await rename(join(folder, 'tls.key.new'), join(folder, 'tls.key'));
  await pause();
  await writeServingCertificate(folder, serving);
};

/** In place, and the certificate stands there by half for a while. */
const writeByHalves: Write = async (folder, serving, pause) => {
  const half = serving.certificate.length / 2;
  await writeFile(join(folder, 'tls.crt'), serving.certificate.slice(0, half));
  await pause();
  await writeFile(join(folder, 'tls.crt'), serving.certificate);
  await pause();
  await writeFile(join(folder, 'tls.key'), serving.key.slice(0, serving.key.length / 2));
  await pause();
  await writeFile(join(folder, 'tls.key'), serving.key);
};

const WAYS = [writeByHalves, writeKeyFirst, writeWhole];
