import type { Options, OptionTable } from '../config.ts';
import type { Io } from './io.ts';

/** One command of the command line: what it is called, what its help says, and what it does. */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What it does, a paragraph or two. */
  readonly description: string;
  /** What follows `tracehook NAME`. */
  readonly usage: string;
  readonly options: OptionTable;
  readonly examples: readonly Example[];
  readonly exitCodes: Readonly<Record<number, string>>;
  /** Runs with the arguments behind the command's name; the exit code. */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}

export interface Example {
  readonly does: string;
  readonly line: string;
}

/** What a command is made of, its options typed by its own table. */
export interface CommandParts<Table extends OptionTable> extends Omit<Command, 'run' | 'options'> {
  readonly options: Table;
  readonly act: (options: Options<Table>, io: Io) => Promise<number>;
}
