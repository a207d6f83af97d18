import { isRecord } from '../record.ts';
import { AMBIGUOUS_WORDS } from './scalars.ts';

/** How a document is laid out, so that new lines look like its own. Widths in columns. */
export interface Layout {
  /** Line end. */
  readonly eol: string;
  /** How much deeper a map stands than the key that holds it. */
  readonly step: number;
  /** How much deeper the dashes of a list stand than the key that holds it: 0 in many manifests. */
  readonly dash: number;
  /** Texts of several lines may stand as lines (`|`): not where what follows would become a part of them. */
  readonly literals: boolean;
}

/**
 * A text that every reader takes for text, YAML 1.1, 1.2 and JSON alike: in quotes unless it is a plain word. Single quotes
 * where they save escapes.
 */
export function renderText(text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_./-]*$/.test(text) && !AMBIGUOUS_WORDS.has(text)) return text;
  return text.includes('"') ? renderSingleQuoted(text) : renderDoubleQuoted(text);
}

/** In single quotes, if the text can stand in them as it is. */
export function renderSingleQuoted(text: string): string {
  return /^[ -&(-~]*$/.test(text) ? `'${text}'` : renderDoubleQuoted(text);
}

/** JSON's escapes are YAML's too; what YAML does not print or takes for a line end is escaped besides. */
function renderDoubleQuoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One line that is JSON and YAML: values inside a flow collection. */
export function renderFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(renderFlow).join(', ')}]`;
  if (isRecord(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${renderDoubleQuoted(key)}: ${renderFlow(item)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' ? renderDoubleQuoted(value) : JSON.stringify(value);
}

/** JSON over several lines; the first is without indentation, those that follow begin with `indent`. */
export function renderIndentedJson(value: unknown, indent: string, unit: string, eol: string): string {
  return JSON.stringify(value, null, unit).replaceAll('\n', eol + indent);
}

/** A value that needs no lines of its own. */
export function isInline(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

export function renderInline(value: unknown): string {
  return typeof value === 'string' ? renderText(value) : renderFlow(value);
}

/** Lines of `key: value` in a block map whose keys stand at `column`. */
export function renderEntry(key: string, value: unknown, column: number, layout: Layout): string[] {
  const head = `${' '.repeat(column)}${renderText(key)}:`;
  if (layout.literals && typeof value === 'string' && isLiteral(value))
    return renderLiteral(head, value, column + layout.step);
  if (isInline(value)) return [`${head} ${renderInline(value)}`];
  return [head, ...renderNested(value, column, layout)];
}

/** Lines of a map or list that hangs on a key at `column`. */
export function renderNested(value: unknown, column: number, layout: Layout): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => renderItem(item, column + layout.dash));
  return renderEntries(value, column + layout.step, layout);

  function renderItem(item: unknown, at: number): string[] {
    return renderListItem(item, at, layout);
  }
}

/** Lines of `- value` in a block list whose dashes stand at `column`. */
export function renderListItem(value: unknown, column: number, layout: Layout): string[] {
  const dash = `${' '.repeat(column)}- `;
  if (layout.literals && typeof value === 'string' && isLiteral(value))
    return renderLiteral(dash.trimEnd(), value, column + layout.step);
  if (isInline(value)) return [dash + renderInline(value)];
  if (Array.isArray(value)) return [dash + renderFlow(value)];
  const [first = '', ...rest] = renderEntries(value, dash.length, layout);
  return [dash + first.slice(dash.length), ...rest];
}

function renderEntries(value: unknown, column: number, layout: Layout): string[] {
  return Object.entries(value ?? {}).flatMap(([key, item]) => renderEntry(key, item, column, layout));
}

/** Several lines that a literal block scalar gives back exactly: printable, and no line begins or ends with a space. */
function isLiteral(text: string): boolean {
  return (
    /^\S/.test(text) && /\n./.test(text) && /^[\n -~]*$/.test(text) && !/ (\n|$)/.test(text) && !text.endsWith('\n\n')
  );
}

function renderLiteral(head: string, text: string, column: number): string[] {
  const [body, mark] = text.endsWith('\n') ? [text.slice(0, -1), '|'] : [text, '|-'];
  const indented = body.split('\n').map((line) => (line === '' ? '' : ' '.repeat(column) + line));
  return [`${head} ${mark}`, ...indented];
}
