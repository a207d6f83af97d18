/** Tracehook's own program, as a user has it: one bundled file. */
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const PROJECT = resolve(import.meta.dirname, '../..');
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
  await promisify(execFile)('npm', ['run', 'build', '--silent'], { cwd: PROJECT, env });
}
