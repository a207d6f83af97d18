import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './make.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'tracehook-certs-'));
  folder = join(parent, 'out');
});
afterEach(() => rmSync(parent, { recursive: true }));

const certs = async (...args: string[]) => {
  let out = '';
  let err = '';
  const code = await run(args, { out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
};
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('npm run certs', () => {
  it('writes four files, the keys and the folder for their owner alone', async () => {
    const { code, err } = await certs('--out', folder);
    expect([code, err]).toEqual([0, '']);
    expect(readdirSync(folder).toSorted()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
    expect(['ca.key', 'tls.key'].map((name) => modeOf(join(folder, name)))).toEqual(['600', '600']);
    expect(modeOf(folder)).toBe('700');
  });
  it('prints what it wrote, until when it holds, and how to get the caBundle', async () => {
    const { out } = await certs('--out', folder, '--days', '10');
    const expires = new X509Certificate(read('tls.crt')).validToDate;
    // Certificates have no milliseconds.
    expect(out).toContain(`valid until ${expires.toISOString().slice(0, -5)}`);
    for (const name of ['ca.crt', 'ca.key', 'tls.crt', 'tls.key']) expect(out).toContain(join(folder, name));
    expect(out).toContain(`base64 < ${join(folder, 'ca.crt')} | tr -d '\\n'`);
  });
  it('adds hosts to those that are always there', async () => {
    await certs('--out', folder, '--dns', 'webhook.test', '--dns', 'localhost', '--ip', '10.0.0.1');
    expect(new X509Certificate(read('tls.crt')).subjectAltName).toBe(
      'DNS:localhost, DNS:tracehook.tracehook-system.svc, DNS:webhook.test, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:10.0.0.1',
    );
  });
  it('replaces nothing without --force, not even in part', async () => {
    await certs('--out', folder);
    const before = read('ca.crt');
    rmSync(join(folder, 'tls.key'));
    expect(await certs('--out', folder)).toEqual({
      code: 1,
      out: '',
      err: `certs: ${folder} has ca.crt, ca.key, tls.crt already: give --force to replace, or another --out\n`,
    });
    expect(read('ca.crt')).toBe(before);
    expect(readdirSync(folder)).not.toContain('tls.key');
  });
  it('replaces with --force, and gives a key the right mode whatever it had', async () => {
    await certs('--out', folder);
    const before = read('ca.crt');
    rmSync(join(folder, 'tls.key'));
    writeFileSync(join(folder, 'tls.key'), 'old', { mode: 0o644 });
    expect((await certs('--out', folder, '--force')).code).toBe(0);
    expect(read('ca.crt')).not.toBe(before);
    expect(modeOf(join(folder, 'tls.key'))).toBe('600');
    expect(readdirSync(folder)).toHaveLength(4);
  });
  it('prints help', async () => {
    const { code, out } = await certs('--help');
    expect(code).toBe(0);
    for (const option of ['--out', '--dns', '--ip', '--days', '--force', '--help']) expect(out).toContain(option);
  });
  it.each([
    [['--day', '1'], "Unknown option '--day'"],
    [['--days', '1.5'], '--days must be a whole number from 1 to 3650, is "1.5"'],
    [['--ip', 'x'], 'ip must be an IPv4 or IPv6 address, is "x"'],
  ])('answers %j with exit code 2 and a sentence', async (args, message) => {
    const { code, err } = await certs('--out', folder, ...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
