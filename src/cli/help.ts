import { environmentNameOf, flagOf, type Option } from '../config.ts';
import type { Command } from './command.ts';

const WIDTH = 100;

/** Help of the whole command line. */
export function renderOverview(commands: readonly Command[]): string {
  const widest = Math.max(...commands.map(({ name }) => name.length), 'help COMMAND'.length);
  const line = (name: string, summary: string) => `  ${name.padEnd(widest)}  ${summary}`;
  return [
    'Tracehook makes every Pod of an opted-in Kubernetes namespace report traces.',
    '',
    'Usage: tracehook COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => line(name, summary)),
    line('help COMMAND', 'Print the help of a command; the same as COMMAND --help'),
    '',
    'Options:',
    '  -h, --help     Print this help',
    '  -V, --version  Print the version',
    '',
  ].join('\n');
}

/** Help of one command, from the table that also parses its options. */
export function renderHelp(command: Command): string {
  const { name, description, usage, options, examples, exitCodes } = command;
  return [
    ...description.split('\n').flatMap((paragraph) => (paragraph === '' ? [''] : wrap(paragraph, WIDTH))),
    '',
    `Usage: tracehook ${name} ${usage}`,
    '',
    'Options:',
    ...Object.entries(options).flatMap(([key, option]) => renderOption(key, option)),
    '  -h, --help',
    '        Print this help',
    '',
    'Examples:',
    ...examples.flatMap(({ does, line }) => [`  # ${does}`, `  ${line}`]),
    '',
    'Exit codes:',
    ...Object.entries(exitCodes).map(([code, meaning]) => `  ${code}  ${meaning}`),
    '',
  ].join('\n');
}

function renderOption(key: string, option: Option<unknown>): string[] {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  const value = option.placeholder === undefined ? '' : ` ${option.placeholder}`;
  const notes = [
    ...(option.defaultText === undefined
      ? []
      : [option.defaultText === 'required' ? 'required' : `default: ${option.defaultText}`]),
    ...(option.repeatable === true ? ['repeatable'] : []),
    ...(option.environment
      ? [`env: ${environmentNameOf(key)}${option.repeatable === true ? ', separated by commas' : ''}`]
      : []),
  ];
  const text = notes.length === 0 ? option.help : `${option.help} [${notes.join('; ')}]`;
  return [`  ${short}--${flagOf(key)}${value}`, ...wrap(text, WIDTH - 8).map((line) => `        ${line}`)];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
