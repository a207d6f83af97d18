import { rename, symlink, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Makes certificates for tests: elliptic curves, since RSA keys would take a second each. */
export interface Authority {
  readonly cert: string;
  readonly key: string;
}

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
const EC = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

export async function makeAuthority(name: string): Promise<Authority> {
  const made = await generate([{ name: 'commonName', value: name }], {
    ...EC,
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + 30 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

export interface Validity {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** A pair for 127.0.0.1 that serves and calls. */
export async function makePair(authority: Authority, { notBefore, notAfter }: Validity = {}): Promise<Pair> {
  const made = await generate([{ name: 'commonName', value: 'loopback' }], {
    ...EC,
    notBeforeDate: notBefore ?? new Date(Date.now() - DAY_MS),
    notAfterDate: notAfter ?? new Date(Date.now() + DAY_MS),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** Writes a pair as the kubelet does: a folder of its own, and `..data` moved to it in one step. */
export async function swapPair(folder: string, pair: Pair): Promise<void> {
  const generation = `..${process.hrtime.bigint()}`;
  await mkdir(join(folder, generation));
  await writeFile(join(folder, generation, 'tls.crt'), pair.cert);
  await writeFile(join(folder, generation, 'tls.key'), pair.key);
  await symlink(generation, join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
}
