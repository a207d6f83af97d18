import { appendFile, mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, test, vi } from 'vitest';
import { createLogger } from '../logger.ts';
import { startWebhook } from './index.ts';
import { type Authority, makeAuthority, makePair, type Pair, swapPair } from './testing/certificates.ts';
import {
  keepAliveAgent,
  makeFolder,
  optionsFor,
  runWebhook,
  type TestWebhook,
  tutorialConfiguration,
} from './testing/running.ts';

/** Replaces a file in one step, so that no poll sees it empty. */
async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

async function writePair(folder: string, { cert, key }: Pair): Promise<void> {
  await replaceFile(join(folder, 'tls.crt'), cert);
  await replaceFile(join(folder, 'tls.key'), key);
}

/** Serial number of the certificate that a new connection is shown. */
function servedSerial({ webhook }: TestWebhook): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: webhook.port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

const messages = ({ lines }: TestWebhook) =>
  lines.map((line) => JSON.parse(line) as { level: string; msg: string; failure?: string });
const failures = (running: TestWebhook) => messages(running).flatMap(({ failure }) => failure ?? []);

/** Long enough for several polls, where a test is about nothing happening. */
const severalPolls = () => new Promise((resolve) => setTimeout(resolve, 100));

describe('a start with files that cannot be used fails, and says what is wrong with which', () => {
  async function startWith(
    prepare: (folder: string, pair: Pair, authority: Authority) => Promise<unknown>,
    clientCa = false,
  ) {
    const folder = await makeFolder();
    const authority = await makeAuthority('CA');
    const pair = await makePair(authority);
    await writePair(folder, pair);
    await prepare(folder, pair, authority);
    const options = optionsFor(folder, clientCa ? { clientCaFile: join(folder, 'ca.crt') } : {});
    const start = startWebhook(options, {
      configuration: tutorialConfiguration,
      logger: createLogger({ level: 'silent' }),
    });
    const message = await start.then(
      () => 'started',
      (error: Error) => error.message,
    );
    return message.replaceAll(`${folder}/`, '');
  }

  test.each<[string, (folder: string, pair: Pair, authority: Authority) => Promise<unknown>, string]>([
    ['no certificate', (folder) => rm(join(folder, 'tls.crt')), 'tls.crt: does not exist'],
    [
      'a folder for a key',
      (folder) => rm(join(folder, 'tls.key')).then(() => mkdir(join(folder, 'tls.key'))),
      'tls.key: cannot be read (EISDIR)',
    ],
    [
      'an empty certificate',
      (folder) => truncate(join(folder, 'tls.crt')),
      'tls.crt: must be certificates in PEM form, holds none',
    ],
    [
      'half a certificate',
      (folder) => truncate(join(folder, 'tls.crt'), 300),
      'tls.crt: must be certificates in PEM form, holds none',
    ],
    [
      'half a chain',
      (folder, _pair, { cert }) => appendFile(join(folder, 'tls.crt'), `\n${cert.slice(0, 200)}`),
      'tls.crt: must be certificates in PEM form, ends within one',
    ],
    [
      'a certificate of nonsense',
      (folder) => writeFile(join(folder, 'tls.crt'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
      'tls.crt: must be certificates in PEM form, one in it cannot be read',
    ],
    [
      'half a key',
      (folder) => truncate(join(folder, 'tls.key'), 60),
      'tls.key: must be a private key in PEM form without a passphrase, is not',
    ],
    [
      'the key of another certificate',
      async (folder, _pair, authority) => writeFile(join(folder, 'tls.key'), (await makePair(authority)).key),
      'tls.key: is not the key of the certificate in tls.crt',
    ],
    [
      'an expired certificate',
      async (folder, _pair, authority) =>
        writePair(
          folder,
          await makePair(authority, {
            notAfter: new Date('2020-02-01T00:00:00Z'),
            notBefore: new Date('2020-01-01T00:00:00Z'),
          }),
        ),
      'tls.crt: expired at 2020-02-01T00:00:00.000Z',
    ],
    [
      'a certificate of the future',
      async (folder, _pair, authority) =>
        writePair(
          folder,
          await makePair(authority, {
            notBefore: new Date('2090-01-01T00:00:00Z'),
            notAfter: new Date('2090-02-01T00:00:00Z'),
          }),
        ),
      'tls.crt: is not valid before 2090-01-01T00:00:00.000Z',
    ],
  ])('%s', async (_name, prepare, message) => {
    expect(await startWith(prepare)).toBe(message);
  });

  test('no CA for callers where one is configured', async () => {
    expect(await startWith(() => Promise.resolve(), true)).toBe('ca.crt: does not exist');
    expect(await startWith((folder) => writeFile(join(folder, 'ca.crt'), 'x'), true)).toBe(
      'ca.crt: must be certificates in PEM form, holds none',
    );
  });
});

describe('a renewed certificate', () => {
  test('is served to new connections, while those that are open go on', async () => {
    const running = await runWebhook();
    const agent = keepAliveAgent(running.authority);
    await running.call({ tls: { agent } });
    const before = await servedSerial(running);
    await writePair(running.folder, await makePair(running.authority));
    // Requests without a pause, until new connections are shown the new certificate.
    const codes = new Set<number>();
    await vi.waitFor(async () => {
      codes.add((await running.call({ tls: { agent } })).status).add((await running.call({})).status);
      expect(await servedSerial(running)).not.toBe(before);
    });
    codes.add((await running.call({ tls: { agent } })).status).add((await running.call({})).status);
    expect([...codes]).toEqual([200]);
    expect(messages(running).map(({ msg }) => msg)).toContain('certificate renewed');
  });

  test('shows its expiry in the metrics', async () => {
    const running = await runWebhook();
    const notAfter = new Date('2091-01-01T00:00:00Z');
    await writePair(running.folder, await makePair(running.authority, { notAfter }));
    await vi.waitFor(async () => {
      const { text } = await running.page('/metrics');
      expect(text).toContain(`tracehook_certificate_expiry_timestamp_seconds ${notAfter.getTime() / 1_000}\n`);
    });
  });

  test('that is half written leaves the old one in force, and is reported once', async () => {
    const running = await runWebhook();
    const before = await servedSerial(running);
    const next = await makePair(running.authority);
    await replaceFile(join(running.folder, 'tls.crt'), next.cert);
    await vi.waitFor(() => expect(failures(running)).toHaveLength(1));
    await severalPolls();
    expect(failures(running)).toEqual([
      `${running.folder}/tls.key: is not the key of the certificate in ${running.folder}/tls.crt`,
    ]);
    expect(await servedSerial(running)).toBe(before);
    expect((await running.page('/readyz')).status).toBe(200);
    await replaceFile(join(running.folder, 'tls.key'), next.key);
    await vi.waitFor(async () => expect(await servedSerial(running)).not.toBe(before));
    expect((await running.call({})).status).toBe(200);
  });

  test('that disappears leaves the old one in force', async () => {
    const running = await runWebhook();
    await rm(join(running.folder, 'tls.key'));
    await vi.waitFor(() => expect(failures(running)).toEqual([`${running.folder}/tls.key: does not exist`]));
    expect((await running.call({})).status).toBe(200);
  });

  test('arrives as the kubelet writes Secrets, by a swapped link', async () => {
    const mount = await makeFolder();
    const authority = await makeAuthority('CA');
    await swapPair(mount, await makePair(authority));
    for (const name of ['tls.crt', 'tls.key']) await symlink(join('..data', name), join(mount, name));
    const running = await runWebhook({
      options: { certFile: join(mount, 'tls.crt'), keyFile: join(mount, 'tls.key') },
    });
    const before = await servedSerial(running);
    await swapPair(mount, await makePair(authority));
    await vi.waitFor(async () => expect(await servedSerial(running)).not.toBe(before));
    expect(messages(running)).toContainEqual(expect.objectContaining({ level: 'info', msg: 'certificate renewed' }));
  });
});

test('an expired certificate makes the webhook unready, until it is renewed', async () => {
  let now = Date.now();
  const running = await runWebhook({ dependencies: { now: () => now } });
  expect((await running.page('/readyz')).status).toBe(200);
  now += 40 * 86_400_000;
  const unready = await running.page('/readyz');
  expect(unready.status).toBe(503);
  expect(unready.text).toMatch(/^the serving certificate expired at \d{4}-.*Z\n$/);
  expect((await running.page('/healthz')).status).toBe(200);
  await writePair(running.folder, await makePair(running.authority, { notAfter: new Date(now + 86_400_000) }));
  await vi.waitFor(async () => expect(await running.page('/readyz')).toMatchObject({ status: 200, text: 'ok\n' }));
});

describe('where a CA for callers is configured', () => {
  async function runWithClientCa() {
    const folder = await makeFolder();
    const callers = await makeAuthority('callers');
    const clientCaFile = join(folder, 'ca.crt');
    await writeFile(clientCaFile, callers.cert);
    const running = await runWebhook({ options: { clientCaFile } });
    const callAs = (pair: Pair) => running.call({ tls: { cert: pair.cert, key: pair.key } });
    return { running, callers, clientCaFile, callAs };
  }

  test('callers that it signed are served, others are not', async () => {
    const { running, callers, callAs } = await runWithClientCa();
    expect((await callAs(await makePair(callers))).status).toBe(200);
    await expect(running.call({})).rejects.toThrow();
    await expect(callAs(await makePair(await makeAuthority('stranger')))).rejects.toThrow();
    expect((await callAs(await makePair(callers))).status).toBe(200);
  });

  test('a new CA takes effect without a restart', async () => {
    const { callers, clientCaFile, callAs } = await runWithClientCa();
    const next = await makeAuthority('next callers');
    const [before, after] = [await makePair(callers), await makePair(next)];
    await writeFile(clientCaFile, next.cert);
    await vi.waitFor(async () => expect((await callAs(after)).status).toBe(200));
    await expect(callAs(before)).rejects.toThrow();
  });
});

test('TLS 1.1 is refused, and TLS 1.2 is spoken', async () => {
  const running = await runWebhook();
  const tls = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await expect(running.call({ tls })).rejects.toThrow();
  expect((await running.call({ tls: { maxVersion: 'TLSv1.2' } })).status).toBe(200);
});

test('a handshake that fails is a warning once a kind, and a caller that hangs up is none', async () => {
  const running = await runWebhook();
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  for (const tls of [old, old, { ca: (await makeAuthority('stranger')).cert }])
    await expect(running.call({ tls })).rejects.toThrow();
  await vi.waitFor(() => expect(running.lines).toHaveLength(3));
  expect(messages(running).map(({ level }) => level)).toEqual(['warn', 'debug', 'debug']);
});
