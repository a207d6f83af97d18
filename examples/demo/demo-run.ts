/** The demo as a process, for tests: with a folder for temporary files of its own, so that what it leaves can be seen. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { waitFor } from '../../test/control-plane/wait-for.ts';
import { PROJECT } from './manifests.ts';

const run = promisify(execFile);

export interface DemoRun {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly output: () => string;
  readonly errors: () => string;
  /** Waits until the output has `text`. */
  readonly shows: (text: string | RegExp) => Promise<void>;
  /** Process ids of what it has started. */
  readonly started: () => Promise<number[]>;
  /** Waits for its end: exit code, and names of files and ids of processes that are left. */
  readonly ended: () => Promise<{ code: number | null; left: (string | number)[] }>;
}

/** Starts it; a test that ends before it does ends it too. */
export async function startDemo(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<DemoRun> {
  const temporary = await mkdtemp(join(tmpdir(), 'tracehook-demo-test-'));
  const env = { ...process.env, ...environment, TMPDIR: temporary };
  const program = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [program, ...args], { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
    await rm(temporary, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  const [output, errors] = [textOf(child.stdout), textOf(child.stderr)];
  const started = () => processesOf(temporary);
  return {
    child,
    output,
    errors,
    started,
    async shows(text) {
      await waitFor(
        `the demo to show ${String(text)}`,
        () => {
          if (typeof text === 'string' ? output().includes(text) : text.test(output())) return true;
          if (child.exitCode !== null) throw new Error(`the demo ended: ${output()}${errors()}`);
          return false;
        },
        { timeoutMs: 120_000 },
      );
    },
    ended: async () => {
      await closed;
      return {
        code: child.exitCode,
        left: [...(await readdir(temporary)), ...(await started())],
      };
    },
  };
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => (text += chunk));
  return () => text;
}

/** Every process of the demo has a path in its folder among its arguments. */
async function processesOf(folder: string): Promise<number[]> {
  const { stdout } = await run('ps', ['-e', '-o', 'pid=,args=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(folder))
    .map((line) => Number.parseInt(line, 10));
}

/** Without what differs between two runs: ports, process ids, times, versions, folders and hashes. */
export function normalised(text: string): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d{4,5}\b/g, '127.0.0.1:PORT')
    .replaceAll(/\bprocess \d+/g, 'process PID')
    .replaceAll(/\b\d+\.\d s\b/g, 'TIME')
    .replaceAll(/Kubernetes v\S+ \(\w+\)/g, 'Kubernetes VERSION (ORIGIN)')
    .replaceAll(/\S*\/tracehook-control-plane-\w+/g, 'FOLDER')
    .replaceAll(/(my-service[a-z-]*)-[0-9a-z]{8,10}\b/g, '$1-HASH');
}
