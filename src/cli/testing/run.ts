/** Runs the command line in the test's own process, over the real file system, and gives back what it wrote. */
import { readdir, readFile, stat } from 'node:fs/promises';
import type { Environment } from '../../config.ts';
import { runCommandLine } from '../index.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface World {
  readonly stdin?: string;
  readonly environment?: Environment;
  readonly isTTY?: boolean;
}

export async function run(
  args: readonly string[],
  { stdin = '', environment = {}, isTTY = false }: World = {},
): Promise<Run> {
  let out = '';
  let err = '';
  const code = await runCommandLine(
    args,
    {
      readStdin: () => Promise.resolve(stdin),
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      // Commands that log are run as processes of their own.
      logDescriptor: 2,
      isTTY,
      environment,
      readFile: (path) => readFile(path, 'utf8'),
      async listFolder(path) {
        if (!(await stat(path)).isDirectory()) return undefined;
        const entries = await readdir(path, { withFileTypes: true });
        return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
      },
      untilSignal: () => Promise.resolve('SIGTERM'),
    },
    '1.2.3',
  );
  return { code, out, err };
}
