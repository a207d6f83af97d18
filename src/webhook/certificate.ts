import { constants, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string;
}

/** The texts of the files, as they were read. One read may see a new certificate and an old key. */
interface PemTexts {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
}

/** A certificate and key that go together, with the CA for callers. */
export interface ServingCertificate extends PemTexts {
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

/** A sentence that names the file and what is wrong with it. */
interface Failure {
  readonly failure: string;
}

/** Reads the files and checks what is in them: whole, valid at `now`, and belonging together. */
export async function loadCertificate(
  files: CertificateFiles,
  now: number,
): Promise<{ certificate: ServingCertificate } | Failure> {
  const read = await readTexts(files);
  return 'failure' in read ? read : checkTexts(read.texts, files, now);
}

/**
 * What a TLS server is given. Below TLS 1.2 no API server speaks, nor asks for a handshake anew on the same connection, which
 * costs as much as one on a new one.
 */
export function secureContextOf({ cert, key, clientCa }: PemTexts) {
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    secureOptions,
    ...(clientCa === undefined ? {} : { ca: clientCa }),
  } as const;
}

/** Whether two sets of files say the same. */
export function sameTexts(a: PemTexts, b: PemTexts): boolean {
  return a.cert === b.cert && a.key === b.key && a.clientCa === b.clientCa;
}

async function readTexts({
  certFile,
  keyFile,
  clientCaFile,
}: CertificateFiles): Promise<{ texts: PemTexts } | Failure> {
  const names = clientCaFile === undefined ? [certFile, keyFile] : [certFile, keyFile, clientCaFile];
  const results = await Promise.all(names.map(readText));
  const failed = results.find((result) => 'failure' in result);
  if (failed !== undefined) return failed;
  const [cert = '', key = '', clientCa] = results.map((result) => ('text' in result ? result.text : ''));
  return { texts: { cert, key, ...(clientCa === undefined ? {} : { clientCa }) } };
}

async function readText(file: string): Promise<{ readonly text: string } | Failure> {
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { failure: `${file}: ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}` };
  }
}

function checkTexts(
  texts: PemTexts,
  files: CertificateFiles,
  now: number,
): { certificate: ServingCertificate } | Failure {
  const chain = readCertificates(texts.cert, files.certFile);
  if ('failure' in chain) return chain;
  const key = readKey(texts.key, files.keyFile);
  if ('failure' in key) return key;
  const { leaf } = chain;
  if (!leaf.checkPrivateKey(key.key))
    return { failure: `${files.keyFile}: is not the key of the certificate in ${files.certFile}` };
  const [from, to] = [new Date(leaf.validFrom), new Date(leaf.validTo)];
  if (now < from.getTime()) return { failure: `${files.certFile}: is not valid before ${from.toISOString()}` };
  if (now >= to.getTime()) return { failure: `${files.certFile}: expired at ${to.toISOString()}` };
  if (texts.clientCa !== undefined && files.clientCaFile !== undefined) {
    const authorities = readCertificates(texts.clientCa, files.clientCaFile);
    if ('failure' in authorities) return authorities;
  }
  try {
    createSecureContext(secureContextOf(texts));
  } catch (error) {
    return {
      failure: `${files.certFile}: cannot be served (${error instanceof Error ? error.message : 'unknown error'})`,
    };
  }
  return { certificate: { ...texts, notAfter: to.getTime() } };
}

const BEGIN = /-----BEGIN CERTIFICATE-----/g;
const WHOLE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** All certificates of a PEM text; every one must be whole, since the file may have been read while it was written. */
function readCertificates(text: string, file: string): { readonly leaf: X509Certificate } | Failure {
  const blocks = text.match(WHOLE) ?? [];
  const [first] = blocks;
  if (first === undefined || blocks.length !== text.match(BEGIN)?.length) {
    return {
      failure: `${file}: must be certificates in PEM form, ${first === undefined ? 'holds none' : 'ends within one'}`,
    };
  }
  try {
    const [leaf = new X509Certificate(first)] = blocks.map((block) => new X509Certificate(block));
    return { leaf };
  } catch {
    return { failure: `${file}: must be certificates in PEM form, one in it cannot be read` };
  }
}

function readKey(text: string, file: string): { readonly key: KeyObject } | Failure {
  try {
    return { key: createPrivateKey(text) };
  } catch {
    return { failure: `${file}: must be a private key in PEM form without a passphrase, is not` };
  }
}
