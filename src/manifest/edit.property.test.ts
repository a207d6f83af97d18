import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import jsonPatch, { type Operation } from 'fast-json-patch';
import { expect, test } from 'vitest';
import { editYaml, parseYaml } from './index.ts';

const RUNS = Number(process.env['TRACEHOOK_TEST_RUNS'] ?? 1_000);

/** How a generated document is written. */
interface Style {
  readonly step: number;
  readonly dash: number;
  readonly eol: string;
  readonly lastEol: boolean;
  readonly marker: boolean;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const word = fc
  .stringMatching(/^[a-z][a-z0-9]{0,6}$/)
  .filter((text) => !/^(y|n|on|no|off|yes|true|false|null)$/.test(text));
const text = fc.oneof(
  word,
  fc.constantFrom(
    'on',
    '0x1',
    '1_000',
    '12:30',
    '=',
    '~',
    'a: b',
    '- x',
    '# no',
    '',
    ' ',
    "it's",
    '"q"',
    'a\nb\n',
    'x\n\n',
    '\u0085é',
    '😀',
    '{"a":1}',
    '2001-01-01',
    '*a',
    '%x',
    'key: |',
  ),
  fc.string(),
);
const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), text);
const { value: tree } = fc.letrec<{ value: Json; map: { [key: string]: Json }; list: Json[] }>((tie) => ({
  value: fc.oneof({ maxDepth: 5, withCrossShrink: true }, leaf, tie('map'), tie('list')),
  map: fc.dictionary(word, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  list: fc.array(tie('value'), { maxLength: 4 }),
}));
const root = fc.dictionary(word, tree, { minKeys: 1, maxKeys: 5, noNullPrototype: true });
const style = fc.record<Style>({
  step: fc.integer({ min: 1, max: 4 }),
  dash: fc.integer({ min: 0, max: 3 }),
  eol: fc.constantFrom('\n', '\n', '\r\n'),
  lastEol: fc.boolean(),
  marker: fc.boolean(),
});

/** Draws from a stream of numbers; the same stream draws the same. */
class Dice {
  readonly #numbers: readonly number[];
  #next = 0;
  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }
  below(limit: number): number {
    const number = this.#numbers[this.#next++ % this.#numbers.length] ?? 0;
    return number % limit;
  }
}

/** Writes a value as YAML in many ways, with comments; each comment is a different one. */
class Writer {
  comments = 0;
  readonly style: Style;
  readonly dice: Dice;
  constructor(writingStyle: Style, dice: Dice) {
    this.style = writingStyle;
    this.dice = dice;
  }

  write(value: { [key: string]: Json }): string {
    const { eol, lastEol, marker } = this.style;
    const lines = [...(marker ? [`---${this.tail()}`] : []), ...this.entries(value, 0), ...this.between(0)];
    return lines.join(eol) + (lastEol ? eol : '');
  }

  entries(value: { [key: string]: Json }, column: number): string[] {
    return Object.entries(value).flatMap(([key, item]) => {
      const head = `${' '.repeat(column)}${key}:`;
      return [
        ...this.between(column),
        ...this.hang(head, item, column + this.style.step, Array.isArray(item) ? column + this.style.dash : undefined),
      ];
    });
  }

  items(value: readonly Json[], column: number): string[] {
    return value.flatMap((item) => {
      const dash = `${' '.repeat(column)}-`;
      const compact = isMap(item) && Object.keys(item).length > 0 && this.dice.below(4) > 0;
      if (!compact) return [...this.between(column), ...this.hang(dash, item, column + 2)];
      const [first = '', ...rest] = this.entriesWithoutLead(item, column + 2);
      return [...this.between(column), `${dash} ${first.slice(column + 2)}`, ...rest];
    });
  }

  entriesWithoutLead(value: { [key: string]: Json }, column: number): string[] {
    const lines = this.entries(value, column);
    return lines.slice(lines.findIndex((line) => !/^\s*(#|$)/.test(line)));
  }

  hang(head: string, value: Json, column: number, listColumn = column): string[] {
    const isEmpty = typeof value !== 'object' || value === null || Object.keys(value).length === 0;
    if (value === null && this.dice.below(2) > 0) return [head + this.tail()];
    if (
      typeof value === 'string' &&
      /^\S/.test(value) &&
      /^[ -~\n]*$/.test(value) &&
      value.includes('\n') &&
      !value.endsWith('\n\n') &&
      this.dice.below(2) > 0
    ) {
      const body = value.endsWith('\n') ? value.slice(0, -1) : value;
      const indented = body.split('\n').map((line) => (line === '' ? '' : ' '.repeat(column) + line));
      return [`${head} ${value.endsWith('\n') ? '|' : '|-'}`, ...indented];
    }
    if (!isEmpty && this.dice.below(8) === 0) return this.flowLines(head, value, column);
    if (isEmpty || this.dice.below(5) === 0) return [`${head} ${this.flow(value)}${this.tail()}`];
    if (Array.isArray(value)) return [head + this.tail(), ...this.items(value, listColumn)];
    return [head + this.tail(), ...this.entries(value, column)];
  }

  flow(value: Json): string {
    if (Array.isArray(value))
      return `[${value.map((item) => this.flow(item)).join(this.dice.below(2) > 0 ? ', ' : ' ,')}]`;
    if (isMap(value))
      return `{${Object.entries(value)
        .map(([key, item]) => `${key}: ${this.flow(item)}`)
        .join(', ')}}`;
    if (typeof value === 'string' && /^[a-z]{3,}$/.test(value) && !/^(yes|off|true|false|null)$/.test(value))
      return this.dice.below(2) > 0 ? value : `'${value}'`;
    return JSON.stringify(value).replaceAll(
      /[\u007f-\u009f\u2028\u2029\ufeff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  }

  /** A collection in brackets with a line for each item, and a comment behind some. */
  flowLines(head: string, value: Json[] | { [key: string]: Json }, column: number): string[] {
    const items = Array.isArray(value)
      ? value.map((item) => this.flow(item))
      : Object.entries(value).map(([key, item]) => `${key}: ${this.flow(item)}`);
    const lastComma = this.dice.below(2) > 0 ? ',' : '';
    const lines = items.flatMap((item, index) => [
      ...this.between(column),
      `${' '.repeat(column)}${item}${index < items.length - 1 ? ',' : lastComma}${this.tail()}`,
    ]);
    // The first or the last may share the line of a bracket.
    if (this.dice.below(4) === 0)
      lines.unshift(`${head} ${'[{'.charAt(Number(isMap(value)))} ${lines.shift()?.trim() ?? ''}`);
    else lines.unshift(`${head} ${'[{'.charAt(Number(isMap(value)))}${this.tail()}`);
    return [...lines, `${' '.repeat(column)}${']}'.charAt(Number(isMap(value)))}${this.tail()}`];
  }

  tail(): string {
    return this.dice.below(3) === 0 ? `  # tail ${this.comments++}` : '';
  }

  between(column: number): string[] {
    const kind = this.dice.below(8);
    if (kind === 0) return [''];
    return kind === 1 ? [`${' '.repeat(column + this.dice.below(3))}# line ${this.comments++}`] : [];
  }
}

function isMap(value: unknown): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON Pointers of all values of a kind. */
function pointersOf(value: Json, wanted: (value: Json) => boolean, pointer = ''): string[] {
  const own = wanted(value) ? [pointer] : [];
  if (typeof value !== 'object' || value === null) return own;
  return [
    ...own,
    ...Object.entries(value).flatMap(([key, item]) =>
      pointersOf(item, wanted, `${pointer}/${key.replaceAll('/', '~1')}`),
    ),
  ];
}

function drawOperations(value: Json, added: readonly Json[], dice: Dice): Operation[] {
  let current = value;
  const operations: Operation[] = [];
  for (const [index, item] of added.entries()) {
    const operation = drawOperation(current, item, index, dice);
    if (operation === undefined) continue;
    operations.push(operation);
    current = jsonPatch.applyPatch<Json>(current, structuredClone([operation]), false, false).newDocument;
  }
  return operations;
}

function drawOperation(value: Json, item: Json, index: number, dice: Dice): Operation | undefined {
  const pick = (pointers: readonly string[]) => pointers[dice.below(Math.max(1, pointers.length))];
  const kind = dice.below(3);
  if (kind === 0) {
    const pointer = pick(
      pointersOf(value, (found) => typeof found === 'string' || found === null).filter(
        (found) => !/\/\d+$/.test(found),
      ),
    );
    return pointer === undefined ? undefined : { op: 'replace', path: pointer, value: item };
  }
  if (kind === 1) {
    const pointer = pick(pointersOf(value, isMap));
    return pointer === undefined ? undefined : { op: 'add', path: `${pointer}/new.example~1key${index}`, value: item };
  }
  const pointer = pick(pointersOf(value, (found) => Array.isArray(found)));
  return pointer === undefined
    ? undefined
    : { op: 'add', path: `${pointer}/${dice.below(2) > 0 ? '-' : '0'}`, value: item };
}

const numbers = fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 });

test('a generated document keeps its lines, and says exactly what its operations make of it', () => {
  fc.assert(
    fc.property(
      root,
      style,
      numbers,
      fc.array(tree, { minLength: 1, maxLength: 5 }),
      (value, written, drawn, added) => {
        const dice = new Dice(drawn);
        const source = new Writer(written, dice).write(value);
        const parsed = parseYaml(source, 'source');
        // A comment that stands deep enough behind a block scalar is a part of it.
        fc.pre(
          'documents' in parsed &&
            isDeepStrictEqual(
              parsed.documents.map((document) => document.value),
              [value],
            ),
        );
        const operations = drawOperations(value, added, dice);
        const edited = editYaml(source, [{ index: 0, operations }]);
        const wanted = jsonPatch.applyPatch<Json>(value, structuredClone(operations), false, false).newDocument;
        expect(edited.failed).toEqual([]);
        const again = parseYaml(edited.text, 'edited');
        expect('documents' in again ? again.documents.map((document) => document.value) : again).toEqual([wanted]);
        for (const [comment] of source.matchAll(/# (line|tail) \d+/g)) expect(edited.text).toContain(comment);
        if (operations.every(({ op }) => op === 'add')) expectSubsequence(source, edited.text);
      },
    ),
    { numRuns: RUNS },
  );
});

/**
 * Every line of the old text is still there, in order; a line that gained something keeps its beginning, and the comment
 * behind it.
 */
function expectSubsequence(before: string, after: string): void {
  const lines = after.split(/\r?\n/);
  let at = 0;
  for (const line of before.split(/\r?\n/)) {
    const found = lines.findIndex((candidate, index) => index >= at && isGrown(line, candidate));
    expect(found, `the line ${JSON.stringify(line)}`).toBeGreaterThanOrEqual(at);
    at = found + 1;
  }
}

function isGrown(line: string, candidate: string): boolean {
  if (candidate === line) return true;
  const [, content = '', comment = ''] = /^(.*?)((?:^|\s+)# (?:line|tail) \d+)?$/.exec(line) ?? [];
  const bracket = content.search(/[[{]/);
  // A line with brackets may grow inside; an empty pair behind a key may give way to lines.
  const kept = bracket < 0 || content.slice(0, bracket).trim() === '' ? bracket + 1 : bracket;
  const beginning = bracket < 0 ? content.trimEnd() : content.slice(0, kept).trimEnd();
  return candidate.startsWith(beginning) && candidate.endsWith(comment);
}
