import { reasonOf } from '../config-file/index.ts';
import { join } from 'node:path';
import { type ManifestDocument, parseYaml } from '../manifest/index.ts';
import type { Problem } from '../problem.ts';
import type { Io } from './io.ts';

/** One file of manifests, or standard input. */
export interface ManifestFile {
  /** Path as it was given, or `stdin`. */
  readonly name: string;
  readonly text: string;
  readonly documents: readonly ManifestDocument[];
}

/** What `-f` takes. */
export interface ManifestPaths {
  /** Files, folders, and `-` for standard input. */
  readonly filename: readonly string[];
  /** Also look into the folders of folders. */
  readonly recursive: boolean;
}

/**
 * Reads all files that the command line names: of a folder those that end in .yaml, .yml or .json, sorted by name. Either
 * all of them can be read and parsed, or every problem is listed.
 */
export async function readManifests(
  { filename, recursive }: ManifestPaths,
  io: Io,
): Promise<{ readonly files: readonly ManifestFile[] } | { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const files: ManifestFile[] = [];
  if (filename.filter((path) => path === '-').length > 1) problems.push({ where: '-f -', message: 'is given twice' });
  for (const path of filename) {
    for (const { name, read } of await findTexts(path, recursive, io, problems)) {
      const text = await orProblem(name, problems, read);
      if (text === undefined) continue;
      const parsed = parseYaml(text, name);
      if ('problems' in parsed) problems.push(...parsed.problems);
      else files.push({ name, text, documents: parsed.documents });
    }
  }
  return problems.length === 0 ? { files } : { problems };
}

interface FoundText {
  readonly name: string;
  readonly read: () => Promise<string>;
}

async function findTexts(path: string, recursive: boolean, io: Io, problems: Problem[]): Promise<readonly FoundText[]> {
  if (path === '-') return [{ name: 'stdin', read: io.readStdin }];
  const found = await orProblem(path, problems, () => findFiles(path, recursive, io));
  if (found?.length === 0) {
    const hint = recursive ? '' : ' (-R also looks into its folders)';
    problems.push({ where: path, message: `must have a file *.yaml, *.yml or *.json in it, has none${hint}` });
  }
  return (found ?? []).map((name) => ({ name, read: () => io.readFile(name) }));
}

async function findFiles(path: string, recursive: boolean, io: Io): Promise<string[]> {
  const entries = await io.listFolder(path);
  if (entries === undefined) return [path];
  const files: string[] = [];
  for (const { name, isFolder } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!isFolder && /\.(yaml|yml|json)$/.test(name)) files.push(join(path, name));
    else if (isFolder && recursive) files.push(...(await findFiles(join(path, name), recursive, io)));
  }
  return files;
}

async function orProblem<T>(where: string, problems: Problem[], act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    problems.push({ where, message: `cannot be read: ${reasonOf(error)}` });
    return undefined;
  }
}
