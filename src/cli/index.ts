/**
 * The command line: one file a command, `run(args, io) → exit code`. A command touches the world through `io` alone.
 *
 *   argv ─ runCommandLine ─┬─ inject.ts ──┬─ input.ts    manifests.ts: files → documents    objects.ts: documents → objects with Pods
 *                          ├─ explain.ts ─┘              knowledge.ts: configuration, and what the input says of namespaces
 *                          │                decide.ts    one object → its decision         report.ts, explanation.ts: as text
 *                          └─ webhook.ts, controller.ts  load what serves only when they run
 *
 * Options are tables (config.ts, option-kinds.ts), and help.ts prints the same tables.
 */
import { nearest } from '../nearest.ts';
import type { Command } from './command.ts';
import { controller } from './controller.ts';
import { explain } from './explain.ts';
import { renderHelp, renderOverview } from './help.ts';
import { inject } from './inject.ts';
import { EXIT, type Io } from './io.ts';
import { webhook } from './webhook.ts';

export type { FolderEntry, Io } from './io.ts';

/** All commands, as the help lists them. */
export const COMMANDS: readonly Command[] = [webhook, controller, inject, explain];

/** Runs `tracehook ARGS…`; the exit code. `version` is what `--version` prints. */
export async function runCommandLine(args: readonly string[], io: Io, version: string): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined) return misused(io, 'which command?');
  if (first === '--version' || first === '-V' || first === 'version') return print(io, `tracehook ${version}\n`);
  if (first === '--help' || first === '-h') return print(io, renderOverview(COMMANDS));
  if (first === 'help') return help(rest, io);
  const command = COMMANDS.find(({ name }) => name === first);
  if (command === undefined) return unknownCommand(first, io);
  if (rest.includes('--help') || rest.includes('-h')) return print(io, renderHelp(command));
  return command.run(rest, io);
}

function help([name]: readonly string[], io: Io): number {
  if (name === undefined) return print(io, renderOverview(COMMANDS));
  const command = COMMANDS.find((candidate) => candidate.name === name);
  return command === undefined ? unknownCommand(name, io) : print(io, renderHelp(command));
}

function unknownCommand(word: string, io: Io): number {
  const kind = word.startsWith('-') ? 'flag' : 'command';
  const words = kind === 'flag' ? ['--help', '--version'] : [...COMMANDS.map(({ name }) => name), 'help'];
  const guess = nearest(word, words);
  return misused(io, `unknown ${kind} ${word}${guess === undefined ? '' : `; did you mean ${guess}?`}`);
}

function misused(io: Io, message: string): number {
  io.err(`tracehook: ${message}\nCommands: ${COMMANDS.map(({ name }) => name).join(', ')}. See tracehook --help.\n`);
  return EXIT.usage;
}

function print(io: Io, text: string): number {
  io.out(text);
  return EXIT.ok;
}
