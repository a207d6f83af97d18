import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/index.ts';
import { flagOf } from '../../src/config.ts';
import { codeBlocks, readPages, ROOT } from './pages.ts';

/** Command lines in the pages: what they name is there. */
interface Line {
  readonly where: string;
  readonly words: readonly string[];
}

const lines = readPages().flatMap((page) =>
  codeBlocks(page)
    .filter(({ language }) => language === 'bash')
    .flatMap(({ code, line }) => code.split('\n').map((text) => ({ where: `${page.path}:${line}: ${text}`, text })))
    .flatMap(({ where, text }) => commandsOf(text).map((words): Line => ({ where, words }))),
);

/** The commands of a line of shell, as words, without comments and assignments. Nothing in the pages needs more than this. */
function commandsOf(text: string): string[][] {
  return text
    .replace(/(^|\s)#.*$/, '')
    .split(/&&|\||;/)
    .map((command) => command.trim().split(/\s+/))
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .filter(([first = '']) => first !== '');
}

const scripts = Object.keys(
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts,
);

describe('command lines in the pages', () => {
  test('there are some of each kind', () => {
    const beginnings = lines.map(({ words: [first, second] }) => `${first} ${second}`);
    expect(beginnings).toEqual(expect.arrayContaining(['npx tracehook', 'npm run', 'npm test', 'npm ci']));
  });

  test('every script of npm exists', () => {
    const called = lines.filter(({ words: [first] }) => first === 'npm');
    const missing = called.filter(({ words: [, verb = '', script = ''] }) =>
      verb === 'run' ? !scripts.includes(script) : !['ci', 'test'].includes(verb),
    );
    expect(missing.map(({ where }) => where)).toEqual([]);
  });

  test('every npm script that a sentence names exists', () => {
    const named = readPages().flatMap(({ path, text }) =>
      [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => ({ path, script })),
    );
    expect(named.filter(({ script }) => !scripts.includes(script))).toEqual([]);
  });

  test('every file that node or bash is to run exists', () => {
    const files = lines.filter(({ words: [first = ''] }) => /(^|\/)(node|bash)$/.test(first));
    expect(files.filter(({ words: [, file = ''] }) => !existsSync(join(ROOT, file))).map(({ where }) => where)).toEqual(
      [],
    );
  });

  test('every command, flag and choice of tracehook exists', () => {
    const calls = lines.filter(({ words }) => words[0] === 'npx' && words[1] === 'tracehook');
    expect(calls.length).toBeGreaterThan(5);
    expect(
      calls.flatMap(({ where, words }) => mistakesOf(words.slice(2)).map((mistake) => `${where}: ${mistake}`)),
    ).toEqual([]);
  });

  test('the help of each command stands in docs/command-line.md', () => {
    const page = readPages().find(({ path }) => path === 'docs/command-line.md');
    for (const { name } of COMMANDS) expect(page?.text).toContain(`Usage: tracehook ${name} `);
  });
});

/** What about the arguments of `tracehook` is not so. */
function mistakesOf([name, ...args]: readonly string[]): string[] {
  if (name === '--help' || name === '--version') return [];
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) return [`no command ${name}`];
  const options = Object.entries(command.options).map(([key, { placeholder, short }]) => {
    const type: 'string' | 'boolean' = placeholder === undefined ? 'boolean' : 'string';
    return [flagOf(key), { type, multiple: true, ...(short === undefined ? {} : { short }) }] as const;
  });
  const help = { type: 'boolean', short: 'h', multiple: true } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: Object.fromEntries([...options, ['help', help]]) });
    return Object.entries(command.options).flatMap(([key, option]) => {
      const given = [values[flagOf(key)] ?? []].flat().map(String);
      const reading = given.length === 0 ? undefined : option.read(given);
      const missing = given.filter((file) => /^(docs|examples|test)\//.test(file) && !existsSync(join(ROOT, file)));
      return [
        ...(reading !== undefined && 'mistake' in reading ? [`--${flagOf(key)}: ${reading.mistake}`] : []),
        ...missing.map((file) => `there is no ${file}`),
      ];
    });
  } catch (error) {
    return [String(error)];
  }
}
