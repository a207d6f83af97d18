/** A TLS server as a process of its own, which says in a line of its log which ports it was given. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { killOwned, spawnOwned } from '../control-plane/owned.ts';
import { PROJECT } from './bundle.ts';

export interface ServerProcess {
  /** As in "https://127.0.0.1:43210". */
  readonly url: string;
  readonly port: number;
  /** Plain HTTP: `/metrics`. */
  readonly metricsUrl: string;
  readonly pid: number;
  /** Milliseconds from the start of the process to the line that says that it serves. */
  readonly readyMs: number;
  /** How it ended: a signal's name or `exit code 0`. Pending while it runs. */
  readonly gone: Promise<string>;
  /** Rejects if the process ends before `stop` or `signal`; else it stays pending. */
  readonly ended: Promise<never>;
  /** The last lines of its log. */
  readonly log: readonly string[];
  /** Sends a signal: its end is expected from then on. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** SIGTERM, and SIGKILL if that takes too long. Returns when the process is gone. */
  readonly stop: (timeoutMs?: number) => Promise<void>;
}

export interface ServerCommand {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Nothing of the caller's environment but PATH reaches it: TRACEHOOK_* are options too. */
  readonly env?: Readonly<Record<string, string>>;
}

// The API server's connections are idle by then; what is still open after that is not worth waiting for.
const STOP_TIMEOUT_MS = 5_000;
const LOG_LINES_KEPT = 50;
const LOG_LINES_SHOWN = 10;

/**
 * Returns when it serves.
 * @throws Error with the end of its log, if it ends early.
 */
export async function startServerProcess({ name, file, args, env }: ServerCommand): Promise<ServerProcess> {
  const begin = performance.now();
  const child = spawnOwned(file, args, {
    cwd: PROJECT,
    env: { PATH: process.env['PATH'], ...env },
    output: 'pipe',
  });
  const log: string[] = [];
  let expected = false;
  const gone = endOf(child);
  const ended = gone.then((how) => {
    if (expected) return new Promise<never>(() => undefined);
    throw new Error(`${name} ended (${how})\nend of its log:\n${log.slice(-LOG_LINES_SHOWN).join('\n')}`);
  });
  ended.catch(() => undefined);
  const { url, metricsUrl } = await Promise.race([serves(child, log), ended]);
  return {
    url,
    port: Number(new URL(url).port),
    metricsUrl,
    pid: child.pid ?? 0,
    readyMs: performance.now() - begin,
    gone,
    ended,
    log,
    signal(signal) {
      expected = true;
      child.kill(signal);
    },
    async stop(timeoutMs = STOP_TIMEOUT_MS) {
      expected = true;
      await stopChild(child, timeoutMs);
    },
  };
}

interface Serving {
  readonly url: string;
  readonly metricsUrl: string;
}

/** Its log is JSON, a line each; the one with the ports that it was given is the sign that it serves. */
function serves({ stdout, stderr }: ChildProcess, log: string[]): Promise<Serving> {
  return new Promise((resolve) => {
    for (const stream of [stdout, stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        if (log.length > LOG_LINES_KEPT) log.shift();
        const serving = /"url":"([^"]+)","metricsUrl":"([^"]+)"/.exec(line);
        if (serving?.[1] !== undefined && serving[2] !== undefined) {
          resolve({ url: serving[1], metricsUrl: serving[2] });
        }
      });
    }
  });
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it did not start: ${error.message}`));
    // Not `exit`: the end of its log would still be on the way.
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
  });
}

async function stopChild(child: ChildProcess, timeoutMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([gone, sleep(timeoutMs, undefined, { ref: false })]);
  await killOwned(child);
}
