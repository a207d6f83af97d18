import { type BigIntStats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../problem.ts';

/** What the given paths lead to at one moment. */
export interface Findings {
  /** Paths of files, in the order in which they are read. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
  /** Equal for two moments if no file seems to have changed between them. */
  readonly look: string;
}

/** A file of the API server's own limit for an object is 3 MiB; more than twice that is no configuration. */
const LARGEST_FILE = 8 * 2 ** 20;

/** Finds the files that `paths` name; of a folder those that a mounted ConfigMap would show as configuration. */
export async function findFiles(paths: readonly string[]): Promise<Findings> {
  const found = await Promise.all(paths.map((path) => lookAt(path, true)));
  return {
    files: found.flatMap(({ files }) => files),
    problems: found.flatMap(({ problems }) => problems),
    look: found.map(({ look }) => look).join('\n'),
  };
}

async function lookAt(path: string, mayBeFolder: boolean): Promise<Findings> {
  try {
    const stats = await stat(path, { bigint: true });
    if (stats.isDirectory()) return mayBeFolder ? await lookInto(path) : { files: [], problems: [], look: path };
    return await lookAtFile(path, stats);
  } catch (error) {
    return refused(path, `cannot be read: ${reasonOf(error)}`);
  }
}

async function lookInto(folder: string): Promise<Findings> {
  // A mount also has `..data` and the folder behind it; editors leave `.name.swp`.
  const names = (await readdir(folder)).filter((name) => /^[^.].*\.(yaml|yml|json)$/.test(name)).toSorted();
  const found = await Promise.all(names.map((name) => lookAt(join(folder, name), false)));
  const files = found.flatMap((finding) => finding.files);
  const problems = found.flatMap((finding) => finding.problems);
  if (files.length + problems.length === 0)
    return refused(folder, 'must have a file *.yaml, *.yml or *.json in it, has none');
  return { files, problems, look: found.map(({ look }) => look).join('\n') };
}

/**
 * The change time moves with every write, also where the modification time is set back; the real path moves where a mounted
 * ConfigMap is swapped as a whole.
 */
async function lookAtFile(path: string, stats: BigIntStats): Promise<Findings> {
  if (!stats.isFile()) return refused(path, 'must be a file or a folder, is neither');
  if (stats.size > LARGEST_FILE) return refused(path, `must be at most ${LARGEST_FILE} bytes, is ${stats.size}`);
  const look = [path, await realpath(path), stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
  return { files: [path], problems: [], look };
}

function refused(path: string, message: string): Findings {
  return { files: [], problems: [{ where: path, message }], look: `${path} ${message}` };
}

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['EACCES', 'permission denied'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['ELOOP', 'its symbolic links lead in a circle'],
]);

/** Why the operating system refused, in words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return ('code' in error ? REASONS.get(error.code) : undefined) ?? error.message;
}
