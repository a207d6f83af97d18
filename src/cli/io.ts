import type { Environment } from '../config.ts';

/** All that a command may touch of the world, so that a test can run it in its own process. */
export interface Io {
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The file descriptor of standard output: where a server's log goes. */
  readonly logDescriptor: number;
  /** Standard output is a terminal. */
  readonly isTTY: boolean;
  readonly environment: Environment;
  /** A file's text; rejects as node:fs does. */
  readonly readFile: (path: string) => Promise<string>;
  /** What is at a path: `undefined` for a file, the entries of a folder; rejects as node:fs does. */
  readonly listFolder: (path: string) => Promise<readonly FolderEntry[] | undefined>;
  /** Resolves with the signal that asks the process to stop. Once called, a second signal ends the process at once. */
  readonly untilSignal: () => Promise<'SIGINT' | 'SIGTERM'>;
}

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What became of a command. */
export const EXIT = {
  ok: 0,
  /** Some of the work could not be done. */
  failed: 1,
  /** Nothing was done: the command line or the files that it names are wrong. */
  usage: 2,
} as const;

/** Escape sequences of a terminal, or none. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** Colour only for a person at a terminal who did not refuse it (no-color.org: any value that is not empty refuses). */
export function paintFor({ isTTY, environment }: Io): Paint {
  const coloured = isTTY && (environment['NO_COLOR'] ?? '') === '';
  const paint = (open: number, close: number) => (text: string) =>
    coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: paint(1, 22), dim: paint(2, 22), green: paint(32, 39), yellow: paint(33, 39) };
}
