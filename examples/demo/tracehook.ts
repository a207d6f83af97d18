/** Tracehook's own program, as a user has it: one bundled file, called with arguments. */
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from './manifests.ts';

const run = promisify(execFile);

export const BUNDLE = 'dist/tracehook.mjs';
export const PROGRAM = join(PROJECT, BUNDLE);

/** True if the bundle is not there, or the source has changed since. */
export async function bundleIsOld(): Promise<boolean> {
  const bundle = await stat(PROGRAM).catch(() => undefined);
  if (bundle === undefined) return true;
  const source = join(PROJECT, 'src');
  const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const changed = await Promise.all(files.map(async (name) => (await stat(join(source, name))).mtimeMs));
  return Math.max(...changed) > bundle.mtimeMs;
}

/** @throws Error with what the bundler wrote. */
export async function buildBundle(): Promise<void> {
  // npm would leave a cache of compiled code in the folder for temporary files.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
  await run('npm', ['run', 'build', '--silent'], { cwd: PROJECT, env });
}

/** What `explain -o json` says of one object, as far as the demo shows it. */
export interface Explanation {
  readonly object: { readonly file: string; readonly kind: string; readonly name: string };
  readonly reason: string;
  readonly message: string;
  readonly notes: readonly { readonly reason: string; readonly message: string }[];
  /** Absent if the Pod is left alone. */
  readonly plan?: {
    readonly mode: string;
    readonly modeSource: string;
    /** Value of the status annotation. */
    readonly status: string;
    readonly containers: readonly { readonly name: string; readonly keep: readonly KeptVariable[] }[];
  };
}

interface KeptVariable {
  readonly name: string;
  readonly reason: string;
  readonly message: string;
}

/** Runs `tracehook explain` over manifests. @throws Error with what it wrote, if it cannot explain them. */
export async function explain(files: readonly string[], configuration: string): Promise<readonly Explanation[]> {
  const inputs = files.flatMap((file) => ['-f', file]);
  const args = [PROGRAM, 'explain', ...inputs, '--config', configuration, '-o', 'json'];
  const { stdout } = await run(process.execPath, args, { cwd: PROJECT, maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout) as Explanation[];
}
