import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificates, makeCertificates } from './certificates.ts';

let made: Certificates;
let ca: X509Certificate;
let leaf: X509Certificate;
beforeAll(async () => {
  made = await makeCertificates({ now: new Date('2026-03-01T12:00:00Z'), days: 30 });
  ca = new X509Certificate(made.ca.certificate);
  leaf = new X509Certificate(made.serving.certificate);
});

describe('the certificates', () => {
  it('are a CA and a leaf that it issued', () => {
    expect([ca.ca, leaf.ca]).toEqual([true, false]);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
  });
  it('name this machine and the Service of the webhook', () => {
    expect(leaf.subjectAltName?.split(', ').toSorted()).toEqual([
      'DNS:localhost',
      'DNS:tracehook.tracehook-system.svc',
      'IP Address:0:0:0:0:0:0:0:1',
      'IP Address:127.0.0.1',
    ]);
    expect(leaf.checkHost('tracehook.tracehook-system.svc')).toBeDefined();
    expect(leaf.checkIP('::1')).toBeDefined();
  });
  it('fit their keys, which are ECDSA P-256', () => {
    for (const [certificate, pair] of [
      [ca, made.ca],
      [leaf, made.serving],
    ] as const) {
      const key = createPrivateKey(pair.key);
      expect(certificate.checkPrivateKey(key)).toBe(true);
      expect(key.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    }
  });
  it('are for servers only, and the CA for signing only', () => {
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });
  it('name every CA apart, so that a client that trusts several finds the issuer', async () => {
    const other = new X509Certificate((await makeCertificates()).ca.certificate);
    expect(ca.subject).toMatch(/^CN=tracehook-development-ca-[0-9a-f]{8}$/);
    expect(other.subject).not.toBe(ca.subject);
    expect(leaf.issuer).toBe(ca.subject);
  });
  it('can be renewed under the same CA', async () => {
    const renewed = await makeCertificates({ now: new Date('2026-03-20T12:00:00Z'), days: 5 }, made.ca);
    expect(renewed.ca).toEqual(made.ca);
    expect(renewed.serving.key).not.toBe(made.serving.key);
    expect(new X509Certificate(renewed.serving.certificate).verify(ca.publicKey)).toBe(true);
  });
  it('hold from an hour before to the day that was asked for', () => {
    for (const certificate of [ca, leaf]) {
      expect(certificate.validFromDate.toISOString()).toBe('2026-03-01T11:00:00.000Z');
      expect(certificate.validToDate.toISOString()).toBe('2026-03-31T12:00:00.000Z');
    }
    expect(made.expires.toISOString()).toBe('2026-03-31T12:00:00.000Z');
  });
  it('have serial numbers of their own, positive and of at most 20 octets, as Go asks', async () => {
    const several = await Promise.all(Array.from({ length: 20 }, () => makeCertificates()));
    const serials = several.flatMap((pair) =>
      [pair.ca.certificate, pair.serving.certificate].map((pem) => new X509Certificate(pem).serialNumber),
    );
    expect(new Set(serials).size).toBe(40);
    for (const serial of serials) expect(serial).toMatch(/^[0-9A-F]{2,40}$/);
  });
  it('end with a line break, so that files of them can be joined', () => {
    for (const { certificate, key } of [made.ca, made.serving]) {
      expect(certificate).toMatch(/-----END CERTIFICATE-----\n$/);
      expect(key).toMatch(/-----END PRIVATE KEY-----\n$/);
    }
  });
});

describe('a TLS client that trusts the CA', () => {
  const server = createServer((socket) => socket.end('hello'));
  let fresh: Certificates;
  beforeAll(async () => {
    fresh = await makeCertificates({ dns: ['localhost'], ips: ['127.0.0.1'] });
    server.setSecureContext({ cert: fresh.serving.certificate, key: fresh.serving.key });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.close();
    await once(server, 'close');
  });
  const handshake = async (host: string, trusted: string): Promise<TLSSocket> => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    // An address is no server name: the certificate is then held against the address itself.
    const socket = connect({
      port,
      host: '127.0.0.1',
      ca: trusted,
      ...(host === '127.0.0.1' ? {} : { servername: host }),
    });
    await once(socket, 'secureConnect');
    return socket;
  };

  it.each(['localhost', '127.0.0.1'])('shakes hands with %s', async (host) => {
    const socket = await handshake(host, fresh.ca.certificate);
    expect([socket.authorized, socket.authorizationError]).toEqual([true, null]);
    socket.destroy();
  });
  it.each(['the old CA first', 'the new CA first'])('shakes hands during a rotation, %s', async (order) => {
    const bundle = [made.ca.certificate, fresh.ca.certificate];
    const trusted = (order.startsWith('the old') ? bundle : bundle.toReversed()).join('');
    const socket = await handshake('localhost', trusted);
    expect([socket.authorized, socket.authorizationError]).toEqual([true, null]);
    socket.destroy();
  });
  it('refuses a host that the certificate does not name', async () => {
    await expect(handshake('elsewhere.test', fresh.ca.certificate)).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });
  it('refuses the certificate of another CA', async () => {
    await expect(handshake('localhost', made.ca.certificate)).rejects.toThrow();
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
describe.runIf(hasOpenssl)('openssl', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracehook-certs-'));
    writeFileSync(join(folder, 'ca.crt'), made.ca.certificate);
    writeFileSync(join(folder, 'tls.crt'), made.serving.certificate);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, encoding: 'utf8' });

  it('verifies the chain for a server', () => {
    const args = ['-purpose', 'sslserver', '-attime', '1773144000', '-CAfile', 'ca.crt', 'tls.crt'];
    expect(openssl('verify', ...args)).toBe('tls.crt: OK\n');
  });
  it('verifies the chain with a bundle of two CAs, whichever is first', async () => {
    const other = await makeCertificates({ now: new Date('2026-03-01T12:00:00Z'), days: 30 });
    const bundle = [other.ca.certificate, made.ca.certificate];
    for (const [name, certificates] of [
      ['old-first.crt', bundle],
      ['new-first.crt', bundle.toReversed()],
    ] as const) {
      writeFileSync(join(folder, name), certificates.join(''));
      expect(openssl('verify', '-attime', '1773144000', '-CAfile', name, 'tls.crt')).toBe('tls.crt: OK\n');
    }
  });
  it('shows what only a CA may have on the CA, and not on the leaf', () => {
    const shown = (file: string) => openssl('x509', '-in', file, '-noout', '-text');
    expect(shown('ca.crt')).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(shown('ca.crt')).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
    expect(shown('tls.crt')).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(shown('tls.crt')).toMatch(/Key Usage: critical\s+Digital Signature\n/);
  });
});

describe('what cannot be made', () => {
  it.each([
    [{ dns: ['no spaces'] }, 'dns must be a host name (addresses: ip), is "no spaces"'],
    [{ dns: ['127.0.0.1'] }, 'dns must be a host name (addresses: ip), is "127.0.0.1"'],
    [{ ips: ['localhost'] }, 'ip must be an IPv4 or IPv6 address, is "localhost"'],
    [{ ips: ['fe80::1%lo'] }, 'ip must be an IPv4 or IPv6 address, is "fe80::1%lo"'],
    [{ dns: [], ips: [] }, 'dns or ip must name at least one host'],
    [{ days: 0 }, 'days must be a whole number from 1 to 3650, is 0'],
    [{ days: 4000 }, 'days must be a whole number from 1 to 3650, is 4000'],
  ])('%j is refused with a sentence', async (options, message) => {
    await expect(makeCertificates(options)).rejects.toThrow(new RangeError(message));
  });
});
