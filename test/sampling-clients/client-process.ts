// A client as a process of its own, which says in a line again and again which share of new traces it keeps.
import { createInterface } from 'node:readline';
import { killOwned, spawnOwned } from '../control-plane/owned.ts';

/** How many of a thousand new traces are kept, by operation. */
export interface Share {
  readonly work: number;
  /** Absent if the client cannot tell. */
  readonly health: number | undefined;
}

export interface ClientCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ClientProcess {
  readonly pid: number;
  /** Resolves when the client says a share that is wanted. @throws Error with its last lines, if it ends or takes too long. */
  readonly reaches: (what: string, wanted: (share: Share) => boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
}

// A Java agent needs some seconds for its start, and the machine may be busy.
const PATIENCE_MS = 90_000;
const LINES_KEPT = 20;

export function startClient({ file, args, cwd, env }: ClientCommand): ClientProcess {
  const child = spawnOwned(file, args, { cwd, env: { PATH: process.env['PATH'], ...env }, output: 'pipe' });
  const lines: string[] = [];
  let look: ((share: Share) => void) | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      const found = /^work=(\d+) health=(\d+|-)$/.exec(line);
      if (found !== null) look?.({ work: Number(found[1]), health: found[2] === '-' ? undefined : Number(found[2]) });
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
  });
  return {
    pid: child.pid ?? 0,
    async reaches(what, wanted) {
      const fail = (how: string) => new Error(`${file}: ${how} before ${what}\nits last lines:\n${lines.join('\n')}`);
      let timer: NodeJS.Timeout | undefined;
      try {
        await new Promise<void>((resolve, reject) => {
          look = (share) => {
            if (wanted(share)) resolve();
          };
          timer = setTimeout(() => reject(fail('too long')), PATIENCE_MS);
          void ended.then((how) => reject(fail(`ended (${how})`)));
        });
      } finally {
        clearTimeout(timer);
        look = undefined;
      }
    },
    stop: () => killOwned(child),
  };
}
