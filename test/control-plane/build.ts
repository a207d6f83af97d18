// Builds the binaries with Go into a cache folder: whole or not at all.
import { type ChildProcess, execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { acquireLock } from './build-lock.ts';
import { killOwned, makeOwnedFolder, releaseFolder, removeOwnedFolder, spawnOwned } from './owned.ts';
import { startProgress } from './build-progress.ts';
import { type GoModule, type Recipe, compareGoVersions } from './recipe.ts';

const run = promisify(execFile);

export interface GoTool {
  /** Absolute path of the `go` command. */
  path: string;
  /** The caller's environment: its proxy, cache and private-module settings are honoured. */
  environment: NodeJS.ProcessEnv;
}

export type Report = (line: string) => void;

// Lines of compiler output that an error carries.
const ERROR_LINES = 15;

function goEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // CGO_ENABLED=0 needs no C compiler. A go.work above this folder, or a toolchain fetched behind our back, would change what is built.
  return { ...environment, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off' };
}

/** Why this Go cannot build the recipe; undefined if it can. */
export async function whyGoCannotBuild(go: GoTool, recipe: Recipe): Promise<string | undefined> {
  try {
    const { stdout } = await run(go.path, ['env', 'GOVERSION'], {
      env: goEnvironment(go.environment),
      cwd: '/',
    });
    const version = stdout.trim();
    if (compareGoVersions(version, recipe.goVersion) >= 0) return undefined;
    return `Go, which could build it, is ${version} and go.mod asks for go${recipe.goVersion} or newer`;
  } catch (error) {
    return `Go, which could build it, does not run (${go.path}): ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Makes sure that `folder` has the three binaries, and builds them if not. Several processes may call this at once: one builds, the others wait.
 * @throws Error with the compiler's last lines, if the build fails. Nothing is left in the cache then.
 */
export async function buildInto(folder: string, recipe: Recipe, go: GoTool, report: Report): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const lock = await acquireLock(
    `${folder}.lock`,
    () => existsSync(folder),
    (pid) => report(`control plane: process ${pid} is building it; waiting for that`),
  );
  if (lock === undefined) return;
  try {
    if (!existsSync(folder)) await buildWhole(folder, recipe, go, report);
  } finally {
    await lock.release();
  }
}

async function buildWhole(folder: string, recipe: Recipe, go: GoTool, report: Report): Promise<void> {
  await removeAbandoned(folder);
  const unfinished = `${folder}.building-${process.pid}`;
  await makeOwnedFolder(unfinished);
  try {
    const names = recipe.modules.flatMap((module) =>
      Object.values(module.outputs).map((name) => `${name} ${module.version}`),
    );
    report(`control plane: building ${names.join(', ')} with Go into ${folder}`);
    report(
      'control plane: this takes 7 to 10 minutes the first time on two cores, and is not needed again until the versions change',
    );
    for (const module of recipe.modules) await buildModule(module, unfinished, go, report);
    await moveIntoPlace(unfinished, folder);
  } finally {
    await removeOwnedFolder(unfinished);
  }
}

/** What a killed build on another host, or one whose clean-up was killed too, left beside. We hold the lock: none of it is in use. */
async function removeAbandoned(folder: string): Promise<void> {
  const siblings = await readdir(dirname(folder));
  const abandoned = siblings.filter((name) => name.startsWith(`${basename(folder)}.building-`));
  await Promise.all(abandoned.map((name) => rm(join(dirname(folder), name), { recursive: true, force: true })));
}

async function moveIntoPlace(unfinished: string, folder: string): Promise<void> {
  try {
    await rename(unfinished, folder);
    releaseFolder(unfinished);
  } catch (error) {
    // Another process was faster: its result is as good as ours.
    if (!existsSync(folder)) throw error;
  }
}

async function buildModule(module: GoModule, target: string, go: GoTool, report: Report): Promise<void> {
  const env = goEnvironment(go.environment);
  const { stdout } = await run(go.path, ['list', '-deps', 'tool'], {
    cwd: module.folder,
    env,
    maxBuffer: 16 * 1024 * 1024,
  });
  const packages = stdout.trim().split('\n').length;
  const names = Object.values(module.outputs).join(' and ');
  // -v prints each package as it is compiled; those already in Go's build cache are not printed, so the count may end early.
  const args = ['build', '-v', '-trimpath', '-ldflags', module.linkerFlags, '-o', `${target}/`, 'tool'];
  const progress = startProgress(`${names} ${module.version}`, packages, report);
  try {
    const child = spawnOwned(go.path, args, { cwd: module.folder, env, output: 'pipe' });
    const lines = await waitForGo(child, (line) => progress.packageDone(line));
    if (child.exitCode !== 0)
      throw new Error(`go build in ${module.folder} failed:\n${lines.slice(-ERROR_LINES).join('\n')}`);
  } finally {
    progress.stop();
  }
  for (const [made, wanted] of Object.entries(module.outputs)) {
    if (made !== wanted) await rename(join(target, made), join(target, wanted));
  }
}

/** Every line that Go wrote, when it has ended. */
async function waitForGo(child: ChildProcess, onLine: (line: string) => void): Promise<string[]> {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      onLine(line);
    });
  }
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve());
    });
  } finally {
    await killOwned(child);
  }
  return lines;
}
