/** Tracehook's own program, called with arguments. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PROGRAM } from '../../test/server-process/bundle.ts';
import { PROJECT } from './manifests.ts';

const run = promisify(execFile);

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
