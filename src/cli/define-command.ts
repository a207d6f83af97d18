import { readOptions, type OptionTable } from '../config.ts';
import type { Command, CommandParts } from './command.ts';
import { EXIT } from './io.ts';

/** A command that reads its options first and acts only if all of them are right. */
export function defineCommand<const Table extends OptionTable>(parts: CommandParts<Table>): Command {
  const { act, ...command } = parts;
  return {
    ...command,
    async run(args, io) {
      const read = readOptions(parts.options, args, io.environment);
      if ('options' in read) return act(read.options, io);
      const lines = read.mistakes.map((mistake) => `tracehook ${parts.name}: ${mistake}\n`);
      io.err(`${lines.join('')}See tracehook ${parts.name} --help.\n`);
      return EXIT.usage;
    },
  };
}
