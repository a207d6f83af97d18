import { parseArgs } from 'node:util';
import { nearest } from './nearest.ts';

/**
 * Flags and environment → frozen options. A command's options are one table: what parses them, what `--help` prints and what
 * the environment twins are called all come from it. Flags win over the environment, which wins over the default.
 *
 * The only file that reads `process.env`.
 */

/** One option of a command. Its flag is its key in the table, `drainDelay` → `--drain-delay`. */
export interface Option<T> {
  /** What stands for the value in the help; absent: a switch. */
  readonly placeholder?: string;
  readonly short?: string;
  readonly repeatable?: boolean;
  /** Whether `TRACEHOOK_…` may say it too. */
  readonly environment: boolean;
  /** As the help shows it. */
  readonly defaultText?: string;
  readonly help: string;
  /** The option's value, or what is wrong. `given` are the texts of the flag, or of the environment; empty if there are none. */
  readonly read: (given: readonly string[]) => Reading<T>;
}

export type Reading<T> = { readonly value: T } | { readonly mistake: string };

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The options that a table describes. */
export type Options<Table extends OptionTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Option<infer T> ? T : never;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment. */
export function processEnvironment(): Environment {
  return process.env;
}

/** `drainDelay` → `drain-delay`. */
export function flagOf(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `drainDelay` → `TRACEHOOK_DRAIN_DELAY`. */
export function environmentNameOf(key: string): string {
  return `TRACEHOOK_${flagOf(key).replaceAll('-', '_').toUpperCase()}`;
}

/**
 * Reads options from arguments and environment. Either all is right and the options are frozen, or every mistake is listed,
 * each with the flag or variable that it is in.
 */
export function readOptions<Table extends OptionTable>(
  table: Table,
  args: readonly string[],
  environment: Environment,
): { readonly options: Options<Table> } | { readonly mistakes: readonly string[] } {
  const { given, mistakes } = readFlags(table, args);
  const options: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(table)) {
    const { texts, from } = textsOf(key, option, given.get(key) ?? [], environment);
    const reading = option.read(texts);
    if ('value' in reading) options[key] = reading.value;
    else mistakes.push(`${from}: ${reading.mistake}`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key of the table was read by its own option
  return mistakes.length > 0 ? { mistakes } : { options: Object.freeze(options) as Options<Table> };
}

function textsOf(key: string, option: Option<unknown>, given: readonly string[], environment: Environment) {
  const name = environmentNameOf(key);
  const text = option.environment && given.length === 0 ? environment[name] : undefined;
  // The kubelet sets TRACEHOOK_PORT=tcp://… in every Pod of a namespace that has a Service named "tracehook".
  if (text === undefined || text === '' || /^(tcp|udp|sctp):\/\//.test(text)) {
    return { texts: given, from: `--${flagOf(key)}` };
  }
  return { texts: option.repeatable === true ? text.split(',').map((part) => part.trim()) : [text], from: name };
}

interface Flags {
  readonly given: Map<string, string[]>;
  readonly mistakes: string[];
}

function readFlags(table: OptionTable, args: readonly string[]): Flags {
  const keyOf = new Map(Object.keys(table).map((key) => [flagOf(key), key]));
  const config = Object.fromEntries([...keyOf].map(([flag, key]) => [flag, parserOption(table[key])]));
  const { tokens } = parseArgs({
    args: [...args],
    options: config,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const given = new Map<string, string[]>();
  const mistakes: string[] = [];
  let afterUnknown = false;
  for (const token of tokens) {
    // What follows an unknown flag was meant to be its value.
    if (token.kind === 'positional' && !afterUnknown)
      mistakes.push(`unexpected argument "${token.value}": every input is given by a flag`);
    afterUnknown = false;
    if (token.kind !== 'option') continue;
    const key = keyOf.get(token.name);
    const option = key === undefined ? undefined : table[key];
    afterUnknown = option === undefined;
    if (key === undefined || option === undefined) mistakes.push(unknownFlag(token.rawName, [...keyOf.keys()]));
    else addFlag(key, option, token.value, { given, mistakes });
  }
  return { given, mistakes };
}

function parserOption(option: Option<unknown> | undefined) {
  const type: 'string' | 'boolean' = option?.placeholder === undefined ? 'boolean' : 'string';
  return { type, multiple: true, ...(option?.short === undefined ? {} : { short: option.short }) };
}

function addFlag(key: string, option: Option<unknown>, value: string | undefined, { given, mistakes }: Flags): void {
  const flag = `--${flagOf(key)}`;
  const texts = given.get(key) ?? [];
  if (option.placeholder === undefined && value !== undefined && value !== 'true' && value !== 'false') {
    mistakes.push(`${flag}: takes no value, is "${value}"`);
  } else if (option.placeholder !== undefined && value === undefined)
    mistakes.push(`${flag}: needs a value: ${flag} ${option.placeholder}`);
  else if (texts.length > 0 && option.repeatable !== true && option.placeholder !== undefined)
    mistakes.push(`${flag}: is given twice`);
  else given.set(key, [...texts, value ?? 'true']);
}

function unknownFlag(raw: string, flags: readonly string[]): string {
  const guess = nearest(raw.replace(/^-+/, ''), [...flags, 'help']);
  return `unknown flag ${raw}${guess === undefined ? '' : `; did you mean --${guess}?`}`;
}
