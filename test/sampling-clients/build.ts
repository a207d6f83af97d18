// Builds a kit into the user's cache folder: whole or not at all. What is there already is not built again.
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { cp, mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { acquireLock } from '../control-plane/build-lock.ts';
import { makeOwnedFolder, releaseFolder, removeOwnedFolder } from '../control-plane/owned.ts';
import { type Kit, type KitName, readKit } from './kits.ts';

/** The folder with what was built, or a sentence that says why there is none. */
export type Built = { readonly folder: string } | { readonly missing: string };

const run = promisify(execFile);
/** Bytes of a build tool's output. */
const OUTPUT_LIMIT = 64 * 1024 * 1024;
const ERROR_LINES = 15;

function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const configured = environment['XDG_CACHE_HOME'];
  const root = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return join(root, 'tracehook', 'sampling-clients');
}

function isOnPath(command: string, environment: NodeJS.ProcessEnv): boolean {
  return (environment['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export async function findOrBuild(
  name: KitName,
  report: (line: string) => void,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Built> {
  if (environment['TRACEHOOK_TEST_SAMPLING_CLIENTS'] === 'off') {
    return { missing: 'TRACEHOOK_TEST_SAMPLING_CLIENTS is off' };
  }
  const kit = readKit(name);
  const absent = kit.needs.filter((command) => !isOnPath(command, environment));
  // Java and npm are needed to run too.
  if (absent.length > 0) return { missing: `${absent.join(' and ')}: not on PATH` };
  const folder = join(cacheFolder(environment), kit.key);
  try {
    await buildInto(folder, kit, report, environment);
    return { folder };
  } catch (error) {
    return { missing: `building it failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function buildInto(
  folder: string,
  kit: Kit,
  report: (line: string) => void,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const lock = await acquireLock(
    `${folder}.lock`,
    () => existsSync(folder),
    (pid) => report(`sampling clients: process ${pid} is building ${kit.name}; waiting for that`),
  );
  if (lock === undefined) return;
  const unfinished = `${folder}.building-${process.pid}`;
  try {
    if (existsSync(folder)) return;
    report(`sampling clients: building ${kit.name} into ${folder}; ${kit.takes} the first time`);
    await makeOwnedFolder(unfinished);
    await cp(kit.source, unfinished, { recursive: true });
    for (const { command, args, env } of kit.steps) {
      await run(command, args, { cwd: unfinished, env: { ...environment, ...env }, maxBuffer: OUTPUT_LIMIT }).catch(
        (error: Error & { stderr?: string; stdout?: string }) => {
          const lines = `${error.stdout ?? ''}${error.stderr ?? ''}`.trimEnd().split('\n').slice(-ERROR_LINES);
          throw new Error(`${[command, ...args].join(' ')}\n${lines.join('\n')}`);
        },
      );
    }
    await rename(unfinished, folder);
    releaseFolder(unfinished);
  } finally {
    await removeOwnedFolder(unfinished);
    await lock.release();
  }
}
