import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/index.ts';
import { renderHelp, renderOverview } from '../../src/cli/help.ts';
import { ROOT } from './pages.ts';

/** The help of a command, or of the whole command line. */
export function renderHelpOf(name: string): string {
  if (name === '') return block('text', renderOverview(COMMANDS));
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) throw new Error(`help: there is no command "${name}"`);
  return block('text', renderHelp(command));
}

/** A file of the repository, whole. */
export function renderFile(path: string): string {
  return block('yaml', readFileSync(join(ROOT, path), 'utf8'));
}

type Run = (args: readonly string[]) => Promise<{ readonly code: number; readonly out: string; readonly err: string }>;

/** A command line and what the command prints; if it refuses, what it says. */
export async function renderCommand(line: string, run: Run): Promise<string> {
  const { code, out, err } = await run(line.split(' '));
  const printed = code === 0 ? out : err;
  const language = line.includes('--diff') ? 'diff' : 'text';
  return `${block('bash', `npx tracehook ${line}\n`)}\n\n${block(language, printed)}`;
}

function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}
