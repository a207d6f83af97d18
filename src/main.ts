/**
 * The process: arguments, streams, signals and exit codes. Everything else is a command of cli/, which gets the world as `io`.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { constants } from 'node:os';
import { buffer } from 'node:stream/consumers';
import packageJson from '../package.json' with { type: 'json' };
import { type FolderEntry, type Io, runCommandLine } from './cli/index.ts';
import { processEnvironment } from './config.ts';

const io: Io = {
  // Not text() of the streams: it drops a byte order mark.
  readStdin: async () => (await buffer(process.stdin)).toString('utf8'),
  out: (chunk) => void process.stdout.write(chunk),
  err: (chunk) => void process.stderr.write(chunk),
  logDescriptor: 1,
  isTTY: process.stdout.isTTY,
  environment: processEnvironment(),
  readFile: (path) => readFile(path, 'utf8'),
  listFolder,
  untilSignal,
};

// Whoever reads our output may stop early (`| head -1`): no mistake of ours, and nobody is left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

// Not process.exit(): output that is still on its way to a pipe would be lost.
process.exitCode = await runCommandLine(process.argv.slice(2), io, packageJson.version);

async function listFolder(path: string): Promise<readonly FolderEntry[] | undefined> {
  if (!(await stat(path)).isDirectory()) return undefined;
  const entries = await readdir(path, { withFileTypes: true });
  return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
}

/** The first signal asks to stop; the second ends the process, with the exit code that a shell gives to a signal's victim. */
function untilSignal(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(128 + constants.signals[signal]);
        asked = true;
        resolve(signal);
      });
    }
  });
}
