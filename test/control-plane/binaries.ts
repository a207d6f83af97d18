// Where the three programs of a control plane are on this machine. The first of these that has all three:
//   1. $KUBEBUILDER_ASSETS (set but incomplete is an error)
//   2. $PATH
//   3. the user's cache folder, from an earlier build
//   4. a build with Go into that folder, once
// If there is none, the answer says why, and the tests that need a control plane are skipped with that sentence; where CI=true they fail.
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { type Report, buildInto, whyGoCannotBuild } from './build.ts';
import { BINARY_NAMES, type BinaryName, type Recipe, readRecipe } from './recipe.ts';

export interface ControlPlaneBinaries {
  /** Where they were found, for messages. */
  origin: 'KUBEBUILDER_ASSETS' | 'PATH' | 'cache' | 'built';
  /** Absolute path of each. */
  paths: Readonly<Record<BinaryName, string>>;
}

export type ControlPlaneSearch = { binaries: ControlPlaneBinaries } | { missing: string };

export interface SearchOptions {
  environment?: NodeJS.ProcessEnv;
  /** False: look, but do not build. */
  build?: boolean;
  /** Gets progress lines; default: stderr. */
  report?: Report;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function findOnPath(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The three paths that `locate` gives, or the names for which it gives none. */
function collect(locate: (name: BinaryName) => string | undefined): Record<BinaryName, string> | BinaryName[] {
  const apiServer = locate('kube-apiserver');
  const controllerManager = locate('kube-controller-manager');
  const etcd = locate('etcd');
  if (apiServer !== undefined && controllerManager !== undefined && etcd !== undefined) {
    return { 'kube-apiserver': apiServer, 'kube-controller-manager': controllerManager, etcd };
  }
  return BINARY_NAMES.filter((name) => locate(name) === undefined);
}

function collectIn(folder: string): Record<BinaryName, string> | BinaryName[] {
  return collect((name) => {
    const path = join(folder, name);
    return isExecutable(path) ? path : undefined;
  });
}

function list(names: readonly string[]): string {
  return names.length === 1 ? `${names[0]} is` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are`;
}

/** The folder that a build goes to and is found in again. It need not exist. */
export function cacheFolder(environment: NodeJS.ProcessEnv, recipe: Recipe = readRecipe()): string {
  const configured = environment['XDG_CACHE_HOME'];
  // The XDG specification: a relative path is to be ignored.
  const root =
    configured !== undefined && isAbsolute(configured) ? configured : join(environment['HOME'] ?? homedir(), '.cache');
  return join(root, 'tracehook', 'control-plane', recipe.key);
}

/** Steps 1 to 3: what is there already. @throws Error if KUBEBUILDER_ASSETS is set and lacks a binary. */
function findPresent(environment: NodeJS.ProcessEnv, cache: string): ControlPlaneSearch {
  const assets = environment['KUBEBUILDER_ASSETS'];
  if (assets !== undefined && assets !== '') {
    const paths = collectIn(resolve(assets));
    if (!Array.isArray(paths)) return { binaries: { origin: 'KUBEBUILDER_ASSETS', paths } };
    const files = paths.map((name) => join(assets, name));
    throw new Error(
      `KUBEBUILDER_ASSETS is "${assets}", but ${list(files)} not there or not executable; unset it, or point it at a folder with ${BINARY_NAMES.join(', ')}`,
    );
  }
  const onPath = collect((name) => findOnPath(name, environment));
  if (!Array.isArray(onPath)) return { binaries: { origin: 'PATH', paths: onPath } };
  const cached = collectIn(cache);
  if (!Array.isArray(cached)) return { binaries: { origin: 'cache', paths: cached } };
  return { missing: `KUBEBUILDER_ASSETS is not set, ${list(onPath)} not on PATH` };
}

/**
 * The binaries of a control plane, or a sentence that says why there are none.
 * @throws Error if KUBEBUILDER_ASSETS is set and lacks a binary: then somebody meant to choose, and another choice would surprise.
 */
export async function findControlPlane(options: SearchOptions = {}): Promise<ControlPlaneSearch> {
  const {
    environment = process.env,
    build = true,
    report = (line: string) => void process.stderr.write(`${line}\n`),
  } = options;
  const switchedOff = environment['TRACEHOOK_TEST_CONTROL_PLANE'];
  if (switchedOff === 'off') return { missing: 'no control plane: TRACEHOOK_TEST_CONTROL_PLANE is off' };
  if (switchedOff !== undefined && switchedOff !== '') {
    throw new Error(`TRACEHOOK_TEST_CONTROL_PLANE is "${switchedOff}"; allowed: "off", or not set`);
  }
  const recipe = readRecipe();
  const cache = cacheFolder(environment, recipe);
  const present = findPresent(environment, cache);
  if ('binaries' in present) return present;
  const reason = `no control plane: ${present.missing}`;
  if (!build) return { missing: `${reason}, and it was not built yet (${cache})` };
  const path = findOnPath('go', environment);
  if (path === undefined) return { missing: `${reason}, and Go, which could build it, is not installed` };
  const go = { path, environment };
  const obstacle = await whyGoCannotBuild(go, recipe);
  if (obstacle !== undefined) return { missing: `${reason}, and ${obstacle}` };
  return await buildAndCollect(cache, () => buildInto(cache, recipe, go, report), reason);
}

async function buildAndCollect(cache: string, build: () => Promise<void>, reason: string): Promise<ControlPlaneSearch> {
  try {
    await build();
  } catch (error) {
    return {
      missing: `${reason}, and building it failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  const paths = collectIn(cache);
  // A folder is moved there whole: it lacks a binary only if somebody took one out.
  if (Array.isArray(paths)) throw new Error(`${cache} has no ${paths.join(', ')}: delete that folder`);
  return { binaries: { origin: 'built', paths } };
}

/** True where a test that cannot run has to fail, so that a CI job never goes green without it. */
export function mustRun(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment['CI'] === 'true';
}

/**
 * As `findControlPlane`, for those who cannot do without.
 * @throws Error with the reason.
 */
export async function requireControlPlane(options: SearchOptions = {}): Promise<ControlPlaneBinaries> {
  const search = await findControlPlane(options);
  if ('binaries' in search) return search.binaries;
  throw new Error(search.missing);
}
