// One build at a time: the lock is a file that names its holder. It saves work and progress lines, and nothing else depends on it. Every build writes
// to a folder of its own and is moved into place whole, so even two holders (a lock taken over from a process that was only suspended) end well.
import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

// A holder touches its lock this often. The cache may lie on a network file system, where a process id of another host means nothing.
const HEARTBEAT_MS = 5_000;
// Long enough for a machine that swaps, short enough to wait for after a power cut.
const STALE_AFTER_MS = 60_000;
const POLL_MS = 500;

export interface Lock {
  release(): Promise<void>;
}

interface Holder {
  pid: number;
  host: string;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function createLockFile(path: string): Promise<boolean> {
  // Written aside and linked, so that nobody can read a lock that does not name its holder yet.
  const draft = `${path}.${randomUUID()}`;
  const holder: Holder = { pid: process.pid, host: hostname() };
  await writeFile(draft, JSON.stringify(holder));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('host' in value)) return undefined;
    return typeof value.pid === 'number' && typeof value.host === 'string'
      ? { pid: value.pid, host: value.host }
      : undefined;
  } catch {
    return undefined;
  }
}

type Found = { state: 'free' } | { state: 'stale' } | { state: 'held'; holder: Holder };

async function inspect(path: string): Promise<Found> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const holder = parseHolder(text);
    if (holder === undefined || Date.now() - mtimeMs > STALE_AFTER_MS) return { state: 'stale' };
    if (holder.host === hostname() && !isAlive(holder.pid)) return { state: 'stale' };
    return { state: 'held', holder };
  } catch (error) {
    if (isCode(error, 'ENOENT')) return { state: 'free' };
    throw error;
  }
}

function keepAlive(path: string): Lock {
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A lock that was taken over or deleted is no reason to stop.
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    async release() {
      clearInterval(heartbeat);
      const found = await inspect(path);
      if (found.state === 'held' && found.holder.pid === process.pid) await rm(path, { force: true });
    },
  };
}

/**
 * Waits until the lock is ours, or until `isDone` says that there is nothing left to do (then: undefined).
 * `onWait` is called once for each holder that is waited for.
 */
export async function acquireLock(
  path: string,
  isDone: () => boolean,
  onWait: (holderPid: number) => void,
): Promise<Lock | undefined> {
  let waitingFor: number | undefined;
  for (;;) {
    if (isDone()) return undefined;
    const found = await inspect(path);
    if (found.state === 'stale') await rm(path, { force: true });
    if (found.state !== 'held') {
      if (await createLockFile(path)) return keepAlive(path);
      continue;
    }
    if (waitingFor !== found.holder.pid) onWait(found.holder.pid);
    waitingFor = found.holder.pid;
    await sleep(POLL_MS);
  }
}
