// Processes and folders that must not outlive this process. They are stopped and removed in the ordinary way by whoever asked for them; if
// this process ends before that, `orphan-cleanup.ts` does it.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** What `orphan-cleanup.ts` is told, one JSON line at every change; the last line counts. */
export interface Owned {
  /** Process groups, each by the id of its leader. */
  groups: number[];
  /** Absolute paths. */
  folders: string[];
}

export interface SpawnOptions {
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** File descriptors, or "pipe" to read here. */
  output: number | 'pipe';
}

const groups = new Set<number>();
const folders = new Set<string>();
let cleanupPipe: Writable | undefined;

function tellCleanup(): void {
  const pipe = (cleanupPipe ??= startCleanup());
  const owned: Owned = { groups: [...groups], folders: [...folders] };
  pipe.write(`${JSON.stringify(owned)}\n`);
}

function startCleanup(): Writable {
  const program = fileURLToPath(new URL('orphan-cleanup.ts', import.meta.url));
  // Detached: Ctrl-C in a terminal reaches the whole foreground group, and this one must live a little longer.
  const child = spawn(process.execPath, [program], {
    detached: true,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  const pipe = child.stdin;
  if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  // Without its help the owner still works: only the clean-up after a kill is lost.
  pipe.on('error', () => undefined);
  return pipe;
}

/** Starts a program as the leader of a process group of its own. Errors of the start itself come as the child's `error` event. */
export function spawnOwned(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', options.output, options.output],
  });
  const { pid } = child;
  if (pid !== undefined) {
    groups.add(pid);
    tellCleanup();
    child.once('exit', () => {
      groups.delete(pid);
      tellCleanup();
    });
  }
  return child;
}

/** Kills the child's whole group and returns when the child is gone. SIGKILL, since nothing that these processes hold is kept. */
export async function killOwned(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself; its exit event is on the way.
  }
  await gone;
}

/** Makes a folder (and its parents) that only this user may read. */
export async function makeOwnedFolder(path: string): Promise<void> {
  folders.add(path);
  tellCleanup();
  await mkdir(path, { recursive: true, mode: 0o700 });
}

export async function removeOwnedFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  releaseFolder(path);
}

/** The folder stays when this process ends: it was moved, or handed on. */
export function releaseFolder(path: string): void {
  folders.delete(path);
  tellCleanup();
}
