// What a build of minutes shows: one line that is rewritten on a terminal, a line now and then in a log.
import type { Report } from './build.ts';

const TERMINAL_EVERY_MS = 1_000;
// A CI log should show life, not fill up: about 30 lines for a whole build.
const LOG_EVERY_MS = 20_000;

export interface Progress {
  packageDone(name: string): void;
  stop(): void;
}

function describe(what: string, done: number, packages: number, startedAt: number): string {
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  return `control plane: building ${what}: ${seconds} s, ${done} of at most ${packages} packages compiled`;
}

/** Shows the progress of one `go build` on stderr until `stop`. `report` gets the lines where stderr is no terminal. */
export function startProgress(what: string, packages: number, report: Report): Progress {
  const startedAt = Date.now();
  const onTerminal = process.stderr.isTTY;
  let done = 0;
  const show = (): void => {
    const line = describe(what, done, packages, startedAt);
    if (onTerminal) process.stderr.write(`\r\u001B[2K${line}`);
    else report(line);
  };
  const timer = setInterval(show, onTerminal ? TERMINAL_EVERY_MS : LOG_EVERY_MS);
  return {
    packageDone(name) {
      // Package paths have no spaces; notes of the go command ("go: downloading …") and errors do.
      if (!name.includes(' ')) done += 1;
    },
    stop() {
      clearInterval(timer);
      if (onTerminal) process.stderr.write('\r\u001B[2K');
      report(describe(what, done, packages, startedAt));
    },
  };
}
