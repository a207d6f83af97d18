import { readFile } from 'node:fs/promises';

export interface MemoryWatch {
  /** The most that was seen so far, in bytes. */
  readonly most: () => number;
  readonly stop: () => void;
}

const INTERVAL_MS = 100;
const RESIDENT = /^VmRSS:\s+(\d+) kB/m;

/** Bytes of memory that a process holds now; 0 where there is no /proc. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(RESIDENT.exec(status)?.[1] ?? 0) * 1024;
}

/** Looks again and again. */
export function watchMemory(pid: number): MemoryWatch {
  let most = 0;
  const look = async (): Promise<void> => void (most = Math.max(most, await residentBytes(pid)));
  const timer = setInterval(() => void look(), INTERVAL_MS);
  return { most: () => most, stop: () => clearInterval(timer) };
}
