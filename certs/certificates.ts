/**
 * Certificates for development: a CA, and a serving certificate that it signed. In a cluster cert-manager does this.
 *
 *   certificates.ts: names → PEM texts        make.ts: the command line, PEM texts → files
 *
 * The library cannot write key identifiers. Go, Node and `openssl verify` do without; `openssl verify -x509_strict`, and with
 * it Python from 3.13, refuses certificates that have none.
 */
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { generate } from 'selfsigned';

export interface CertificateOptions {
  /** Host names; `*.` may stand in front. */
  readonly dns: readonly string[];
  /** IPv4 and IPv6 addresses, without brackets. */
  readonly ips: readonly string[];
  readonly days: number;
  readonly now: Date;
}

/** PEM texts. */
export interface Certificates {
  readonly ca: KeyPair;
  readonly serving: KeyPair;
  /** The end of both. */
  readonly expires: Date;
}

interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Where a webhook under development is called: on this machine, and by the name of its Service. */
export const DEFAULT_DNS = ['localhost', 'tracehook.tracehook-system.svc'];
export const DEFAULT_IPS = ['127.0.0.1', '::1'];
export const DEFAULT_DAYS = 365;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Ten years: what is made here must not outlive the reason for it, nor 2049, where the encoding of dates changes. */
export const MOST_DAYS = 3650;

/**
 * Makes a CA and a serving certificate (ECDSA P-256: signs ten times faster than RSA). Options that are left out are the
 * defaults; throws a RangeError that names the option, its value and what is allowed. With `issuer`, a CA that was made here
 * before signs, and no other is made.
 */
export async function makeCertificates(
  options: Partial<CertificateOptions> = {},
  issuer?: KeyPair,
): Promise<Certificates> {
  const { dns = DEFAULT_DNS, ips = DEFAULT_IPS, days = DEFAULT_DAYS, now = new Date() } = options;
  checkOptions({ dns, ips, days, now });
  const expires = new Date(now.getTime() + days * DAY_MS);
  const shared = {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // Clocks of nodes and containers differ.
    notBeforeDate: new Date(now.getTime() - HOUR_MS),
    notAfterDate: expires,
  } as const;
  const ca = issuer ?? (await makeAuthority(shared));
  const altNames = [
    ...dns.map((value) => ({ type: 2, value }) as const),
    ...ips.map((ip) => ({ type: 7, ip }) as const),
  ];
  const serving = await generate([{ name: 'commonName', value: 'tracehook-webhook' }], {
    ...shared,
    ca: { key: ca.key, cert: ca.certificate },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return {
    ca,
    serving: { certificate: endLine(serving.cert), key: serving.private },
    expires,
  };
}

type SharedOptions = Omit<NonNullable<Parameters<typeof generate>[1]>, 'ca' | 'extensions'>;

async function makeAuthority(shared: SharedOptions): Promise<KeyPair> {
  // A client that trusts the old CA and the new one looks the issuer up by its subject: with one subject for both, and no key
  // identifiers, OpenSSL takes the first and stops.
  const subject = `tracehook-development-ca-${randomBytes(4).toString('hex')}`;
  const made = await generate([{ name: 'commonName', value: subject }], {
    ...shared,
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { certificate: endLine(made.cert), key: made.private };
}

/** The library ends certificates without a line break, so that two of them in one file would run together. */
function endLine(pem: string): string {
  return `${pem.trimEnd()}\n`;
}

const DNS_NAME = /^(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/i;

function checkOptions({ dns, ips, days }: CertificateOptions): void {
  const badName = dns.find((name) => isIP(name) !== 0 || name.length > 253 || !DNS_NAME.test(name));
  if (badName !== undefined) throw new RangeError(`dns must be a host name (addresses: ip), is "${badName}"`);
  const badAddress = ips.find((address) => isIP(address) === 0 || address.includes('%'));
  if (badAddress !== undefined) throw new RangeError(`ip must be an IPv4 or IPv6 address, is "${badAddress}"`);
  if (dns.length + ips.length === 0) throw new RangeError('dns or ip must name at least one host');
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
    throw new RangeError(`days must be a whole number from 1 to ${MOST_DAYS}, is ${days}`);
  }
}
