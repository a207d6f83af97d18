// One program of the control plane: started with its log in a file, and watched for an early end.
import { type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { killOwned, spawnOwned } from './owned.ts';
import type { BinaryName } from './recipe.ts';

export interface Component {
  name: BinaryName;
  pid: number;
  /** Rejects with a `ComponentEnded` if the program ends before `stop`; else it stays pending. */
  ended: Promise<never>;
  /** Returns when the process is gone. */
  stop(): Promise<void>;
}

// Enough to see what a Go program said before it gave up.
const LOG_TAIL_LINES = 25;

/** A program of the control plane ended by itself. The message has its command line and the last lines of its log. */
export class ComponentEnded extends Error {
  /** Another process was faster at one of its ports. */
  readonly portTaken: boolean;

  constructor(name: string, how: string, commandLine: string, logTail: string) {
    super(`${name} ended (${how})\ncommand line: ${commandLine}\nend of its log:\n${logTail}`);
    this.name = 'ComponentEnded';
    this.portTaken = /address already in use/.test(logTail);
  }
}

async function readTail(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '(no log)');
  return text.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}

function howItEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it did not start: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${String(code)}` : `signal ${signal}`));
  });
}

/** Starts `binary`, with its output in `<folder>/<name>.log`. */
export async function startComponent(
  name: BinaryName,
  binary: string,
  flags: readonly string[],
  folder: string,
): Promise<Component> {
  const logFile = join(folder, `${name}.log`);
  const log = await open(logFile, 'w');
  // An environment of its own: ETCD_* variables are flags to etcd, and a proxy would come between the API server and a webhook.
  const child = spawnOwned(binary, flags, {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    output: log.fd,
  });
  const end = howItEnded(child);
  await log.close();
  let stopping = false;
  const ended = end.then(async (how): Promise<never> => {
    if (stopping) return await new Promise<never>(() => undefined);
    throw new ComponentEnded(name, how, [binary, ...flags].join(' '), await readTail(logFile));
  });
  // Whoever waits for it is told; an end that nobody waits for shows as refused connections.
  ended.catch(() => undefined);
  return {
    name,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      stopping = true;
      await killOwned(child);
    },
  };
}
