import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cacheFolder, findControlPlane, mustRun, requireControlPlane } from './binaries.ts';
import { acquireLock } from './build-lock.ts';
import { BINARY_NAMES, compareGoVersions, readRecipe } from './recipe.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tracehook-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with executables of these names. The search does not run them. */
async function folderWith(names: readonly string[], folder?: string): Promise<string> {
  const target = folder ?? (await newFolder());
  await mkdir(target, { recursive: true });
  for (const name of names) {
    await copyFile('/bin/sh', join(target, name));
    await chmod(join(target, name), 0o755);
  }
  return target;
}

test('KUBEBUILDER_ASSETS comes before PATH, and PATH before the cache', async () => {
  const assets = await folderWith(BINARY_NAMES);
  const onPath = await folderWith(BINARY_NAMES);
  const cache = await newFolder();
  const environment = { KUBEBUILDER_ASSETS: assets, PATH: onPath, XDG_CACHE_HOME: cache };
  await folderWith(BINARY_NAMES, cacheFolder(environment));
  const origin = async (changes: Record<string, string>): Promise<string> =>
    (await requireControlPlane({ environment: { ...environment, ...changes }, build: false })).origin;
  expect(await origin({})).toBe('KUBEBUILDER_ASSETS');
  expect(await origin({ KUBEBUILDER_ASSETS: '' })).toBe('PATH');
  expect(await origin({ KUBEBUILDER_ASSETS: '', PATH: '' })).toBe('cache');
});

test('the paths found are those of the folder', async () => {
  const assets = await folderWith(BINARY_NAMES);
  const { paths } = await requireControlPlane({ environment: { KUBEBUILDER_ASSETS: assets } });
  expect(paths).toEqual(Object.fromEntries(BINARY_NAMES.map((name) => [name, join(assets, name)])));
});

test('a KUBEBUILDER_ASSETS without one of the binaries is an error that names the file', async () => {
  const assets = await folderWith(['kube-apiserver', 'etcd']);
  const search = findControlPlane({
    environment: { KUBEBUILDER_ASSETS: assets, PATH: await folderWith(BINARY_NAMES) },
  });
  await expect(search).rejects.toThrow(`${join(assets, 'kube-controller-manager')} is not there or not executable`);
});

test('a file without the executable bit does not count', async () => {
  const assets = await folderWith(BINARY_NAMES);
  await chmod(join(assets, 'etcd'), 0o644);
  await expect(findControlPlane({ environment: { KUBEBUILDER_ASSETS: assets } })).rejects.toThrow(join(assets, 'etcd'));
});

test('the binaries may be in several folders of PATH, but all three must be there', async () => {
  const some = await folderWith(['etcd']);
  const others = await folderWith(['kube-apiserver', 'kube-controller-manager']);
  const environment = { HOME: await newFolder(), PATH: `${some}:${others}` };
  expect(await findControlPlane({ environment })).toMatchObject({ binaries: { origin: 'PATH' } });
  expect(await findControlPlane({ environment: { ...environment, PATH: some } })).toEqual({
    missing:
      'no control plane: KUBEBUILDER_ASSETS is not set, kube-apiserver and kube-controller-manager are not on PATH, and Go, which could build it, is not installed',
  });
});

test('a search that may not build says where a build would go', async () => {
  const environment = { PATH: '', XDG_CACHE_HOME: await newFolder() };
  expect(await findControlPlane({ environment, build: false })).toEqual({
    missing: expect.stringContaining(cacheFolder(environment)),
  });
});

test('it can be switched off, and only so', async () => {
  const assets = await folderWith(BINARY_NAMES);
  const search = (value: string): ReturnType<typeof findControlPlane> =>
    findControlPlane({
      environment: { KUBEBUILDER_ASSETS: assets, TRACEHOOK_TEST_CONTROL_PLANE: value },
    });
  expect(await search('off')).toEqual({
    missing: 'no control plane: TRACEHOOK_TEST_CONTROL_PLANE is off',
  });
  await expect(search('no')).rejects.toThrow('TRACEHOOK_TEST_CONTROL_PLANE is "no"; allowed: "off", or not set');
});

test('who cannot do without gets the reason as an error', async () => {
  await expect(requireControlPlane({ environment: { PATH: '', HOME: '/nowhere' } })).rejects.toThrow(
    'Go, which could build it, is not installed',
  );
});

test('only CI=true makes a missing control plane a failure', () => {
  expect(mustRun({ CI: 'true' })).toBe(true);
  expect(mustRun({ CI: 'false' })).toBe(false);
  expect(mustRun({})).toBe(false);
});

test('the cache folder is named after the versions and the platform, and follows XDG_CACHE_HOME if that is absolute', () => {
  const recipe = readRecipe('linux', 'arm64');
  expect(recipe.key).toMatch(/^kubernetes-v1\.\d+\.\d+-etcd-v3\.\d+\.\d+-[0-9a-f]{12}-linux-arm64$/);
  const folder = (cache: string): string => cacheFolder({ HOME: '/home/me', XDG_CACHE_HOME: cache }, recipe);
  expect(folder('/caches')).toBe(`/caches/tracehook/control-plane/${recipe.key}`);
  expect(folder('caches')).toBe(`/home/me/.cache/tracehook/control-plane/${recipe.key}`);
});

test('Kubernetes is told the version that its go.mod names', () => {
  const kubernetes = readRecipe().modules.find((module) => 'kube-apiserver' in module.outputs);
  expect(kubernetes?.linkerFlags).toContain(`-X k8s.io/component-base/version.gitVersion=${kubernetes?.version}`);
});

test('Go versions compare by their numbers', () => {
  expect(compareGoVersions('go1.26.8', '1.26.0')).toBeGreaterThan(0);
  expect(compareGoVersions('go1.26', '1.26.0')).toBe(0);
  expect(compareGoVersions('go1.9', '1.26.0')).toBeLessThan(0);
  expect(compareGoVersions('devel go1.27-abc123', '1.26.0')).toBeGreaterThan(0);
});

const never = (): boolean => false;

test('a second holder of the build lock waits for the first, and need not build what is done then', async () => {
  const path = join(await newFolder(), 'lock');
  const first = await acquireLock(path, never, () => undefined);
  let done = false;
  const waitedFor: number[] = [];
  const second = acquireLock(
    path,
    () => done,
    (pid) => waitedFor.push(pid),
  );
  await expect.poll(() => waitedFor).toEqual([process.pid]);
  done = true;
  expect(await second).toBeUndefined();
  await first?.release();
  expect(existsSync(path)).toBe(false);
});

test('the lock of a process that is gone is taken over', async () => {
  const folder = await newFolder();
  const path = join(folder, 'lock');
  const gone = spawn('/bin/sh', ['-c', 'exit 0']);
  await once(gone, 'exit');
  await writeFile(path, JSON.stringify({ pid: gone.pid, host: hostname() }));
  const lock = await acquireLock(path, never, () => undefined);
  await lock?.release();
  expect(await readdir(folder)).toEqual([]);
});
