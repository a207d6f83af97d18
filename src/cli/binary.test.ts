import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import rolldownConfig from '../../rolldown.config.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { EMBEDDED_CONFIGURATION } from '../settings/index.ts';
import { makeAuthority, makePair } from '../webhook/testing/certificates.ts';
import { reviewWith } from '../webhook/testing/reviews.ts';

/** The bundled program, as users run it: its own process, real streams and signals. */

let folder = '';
let program = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracehook-binary-'));
  program = join(folder, 'tracehook.mjs');
  const { output, ...input } = rolldownConfig as { output: object };
  const build = await rolldown({ ...input, logLevel: 'silent' });
  await build.write({ ...output, dir: folder });
  await build.close();
});
afterAll(() => rm(folder, { recursive: true }));

/** The environment without anything that would be taken for options. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TRACEHOOK_')));

function start(args: readonly string[], extra: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], { env: { ...environment, ...extra }, stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function finish(child: ChildProcess, stdin = ''): Promise<{ code: number | null; out: string; err: string }> {
  if (child.stdin === null || child.stdout === null || child.stderr === null) throw new Error('the streams are pipes');
  child.stdin.end(stdin);
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [[code], out, err] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: web, annotations: {tracehook.io/inject: env}}\nspec: {containers: [{name: app}]}\n';

test('prints version and help', async () => {
  expect(await finish(start(['--version']))).toEqual({ code: 0, out: `tracehook ${packageJson.version}\n`, err: '' });
  const help = await finish(start(['inject', '--help']));
  expect(help.code).toBe(0);
  expect(help.out).toContain('Usage: tracehook inject -f');
});

test('injects what comes on standard input', async () => {
  const { code, out, err } = await finish(start(['inject', '-f', '-']), POD);
  expect(code).toBe(0);
  expect(out).toContain('OTEL_SERVICE_NAME');
  expect(err).toMatch(/^pod\/default\/web: Injected \(env\): /);
});

test('ends quietly when the reader of its output has gone', async () => {
  const child = start(['inject', '-q', '-f', '-']);
  child.stdout?.destroy();
  const closed = once(child, 'close') as Promise<[number | null]>;
  // More than a pipe holds.
  child.stdin?.end(`${POD}---\n`.repeat(200));
  const [[code], err] = await Promise.all([closed, child.stderr === null ? '' : text(child.stderr)]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

async function webhookFiles() {
  const authority = await makeAuthority('test');
  const pair = await makePair(authority);
  const files = { config: join(folder, 'config.yaml'), cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  await Promise.all([
    writeFile(files.config, EMBEDDED_CONFIGURATION),
    writeFile(files.cert, pair.cert),
    writeFile(files.key, pair.key),
  ]);
  const args = [
    'webhook',
    '--tls-cert',
    files.cert,
    '--tls-key',
    files.key,
    '--host',
    '127.0.0.1',
    '--metrics-host',
    '127.0.0.1',
  ];
  return { authority, files, args: [...args, '--port', '0', '--metrics-port', '0'] };
}

/** The address that the log line "serving" names. */
function served(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let lines = '';
    child.stdout?.on('data', (chunk) => {
      lines += String(chunk);
      const url = /"url":"(https:[^"]+)".*"msg":"serving"/.exec(lines)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => reject(new Error(`the webhook has ended: ${lines}`)));
  });
}

function post(url: string, ca: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${url}/inject/enabled`,
      { method: 'POST', ca, headers: { 'content-type': 'application/json' } },
      (response) => {
        text(response).then(resolve, reject);
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

test('serves reviews, takes options from the environment, and ends with 0 on SIGTERM', async () => {
  const { authority, files, args } = await webhookFiles();
  const child = start(args, {
    TRACEHOOK_CONFIG: files.config,
    TRACEHOOK_DRAIN_DELAY: '0ms',
    TRACEHOOK_PORT: 'tcp://10.96.0.7:443',
  });
  const url = await served(child);
  const answer = JSON.parse(await post(url, authority.cert, reviewWith())) as {
    response: Record<string, unknown>;
  };
  expect(answer.response).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a second signal ends it at once', async () => {
  const { files, args } = await webhookFiles();
  const child = start([...args, '--config', files.config, '--drain-delay', '10m']);
  await served(child);
  child.kill('SIGTERM');
  child.kill('SIGINT');
  expect([130, 143]).toContain(((await once(child, 'exit')) as [number])[0]);
});

test('does not start with mistakes in its configuration, and lists all of them', async () => {
  const { args } = await webhookFiles();
  const config = join(folder, 'bad.yaml');
  await writeFile(
    config,
    'apiVersion: tracehook.io/v1alpha1\nkind: ClusterTracingConfig\nmetadata: {name: default}\nspec: {mode: Env, propagators: []}\n',
  );
  const { code, err } = await finish(start([...args, '--config', config]));
  expect(code).toBe(1);
  expect(err).toContain('spec.mode: ');
  expect(err).toContain('spec.propagators: ');
});

test('says which file cannot be used as a certificate', async () => {
  const { args, files } = await webhookFiles();
  await writeFile(files.cert, 'no certificate');
  const { code, err } = await finish(start([...args, '--config', files.config]));
  expect(code).toBe(1);
  expect(err).toMatch(/^tracehook webhook: cannot start: /);
  expect(err).toContain(files.cert);
});
