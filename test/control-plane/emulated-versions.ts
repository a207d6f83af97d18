import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ControlPlaneBinaries } from './binaries.ts';

const run = promisify(execFile);

/** From the help text of `--emulated-version`: "Options are: kube=1.34..1.37(default:1.37)" gives 1.34, 1.35, 1.36 and 1.37. */
export function parseEmulatedVersions(help: string): string[] {
  const range = /--emulated-version[\s\S]*?kube=1\.(\d+)\.\.1\.(\d+)/.exec(help);
  if (range === null) throw new Error('kube-apiserver --help names no range of versions for --emulated-version');
  const [oldest, newest] = [Number(range[1]), Number(range[2])];
  return Array.from({ length: newest - oldest + 1 }, (_, index) => `1.${oldest + index}`);
}

/** The versions that this kube-apiserver can behave as, oldest first; the last is its own. */
export async function emulatedVersions(binaries: ControlPlaneBinaries): Promise<string[]> {
  const { stdout } = await run(binaries.paths['kube-apiserver'], ['--help'], {
    env: {},
    maxBuffer: 4 * 1024 * 1024,
  });
  return parseEmulatedVersions(stdout);
}
