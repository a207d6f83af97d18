import { isDeepStrictEqual } from 'node:util';
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { insertIntoFlow } from './flow.ts';
import { layoutOf } from './layout.ts';
import type { Tree } from './trees.ts';
import { aboveComments, columnOf, endOfLine, isDeeperLine, isFlow, lineAfter, rangeOf, startOf } from './positions.ts';
import {
  isInline,
  type Layout,
  renderEntry,
  renderFlow,
  renderInline,
  renderListItem,
  renderNested,
  renderSingleQuoted,
} from './render.ts';
import { isRecord } from '../record.ts';
import { isSameItem } from './same-item.ts';
import { type Splice, Unspliceable } from './splices.ts';

/** Where a value hangs: in a block map under a key at `column`, or anywhere that wants it on the same line. */
interface Holder {
  readonly column?: number;
}

const SAME_LINE: Holder = {};

/** What all steps share: the text, how it is laid out, and the splices found so far, in the order of the text. */
interface Work {
  readonly text: string;
  readonly layout: Layout;
  readonly splices: Splice[];
  /** Anchors that an alias repeats: what they hold cannot change in one place only. */
  readonly shared: ReadonlySet<string>;
}

/** The splices that turn a document's value from `before` into `after`. Values may grow and change, not lose anything. */
export function spliceDocument(text: string, tree: Tree, before: unknown, after: unknown): readonly Splice[] {
  const work = { text, layout: layoutOf(text, tree), splices: [], shared: aliasedAnchors(text, tree) };
  change(work, tree.contents, SAME_LINE, before, after);
  return work.splices;
}

/** The splices that write out what every alias of a document stands for. */
export function expandAliases(text: string, tree: Tree): readonly Splice[] {
  const work: Work = { text, layout: layoutOf(text, tree), splices: [], shared: new Set() };
  eachNode(text, tree.contents, SAME_LINE, (node, holder) => {
    if (isAlias(node)) replace(work, node, holder, node.resolve(tree)?.toJS(tree));
  });
  return work.splices;
}

function change(work: Work, node: unknown, holder: Holder, before: unknown, after: unknown): void {
  if (isDeepStrictEqual(before, after)) return;
  if (!isNode(node)) throw new Unspliceable('a value has no place in the text');
  if ('anchor' in node && node.anchor !== undefined && work.shared.has(node.anchor))
    throw new Unspliceable('an alias repeats it');
  if (isMap(node) && isRecord(before) && isRecord(after) && node.items.length > 0) changeMap(work, node, before, after);
  else if (isSeq(node) && Array.isArray(before) && Array.isArray(after) && node.items.length > 0)
    changeList(work, node, before, after);
  else replace(work, node, holder, after);
}

function changeMap(work: Work, map: YAMLMap, before: Record<string, unknown>, after: Record<string, unknown>): void {
  if (Object.keys(before).some((key) => !Object.hasOwn(after, key))) throw new Unspliceable('a key is removed');
  const own = new Set<string>();
  for (const pair of map.items) {
    const key = keyOf(pair);
    own.add(key);
    if (Object.hasOwn(before, key)) change(work, pair.value, holderIn(work.text, map), before[key], after[key]);
  }
  // A key that a merge (<<) brought has no place of its own yet: what is written in the map itself wins.
  const added = Object.entries(after).filter(([key, value]) => !own.has(key) && !isDeepStrictEqual(before[key], value));
  if (added.length > 0) appendEntries(work, map, added);
}

function keyOf(pair: Pair): string {
  const key = isScalar(pair.key) ? pair.key.value : pair.key;
  if (key === null) return '';
  if (typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean') return String(key);
  // The library gives the key of a merge, `<<`, as a symbol.
  if (typeof key === 'symbol') return key.description ?? '';
  throw new Unspliceable('a key is not a word');
}

function appendEntries(work: Work, map: YAMLMap, added: readonly (readonly [string, unknown])[]): void {
  if (isFlow(map))
    return insertFlow(
      work,
      { collection: map, index: map.items.length },
      added.map(([key, value]) => ({ key, value })),
    );
  const column = columnOf(work.text, startOf(map));
  const at = lineAfter(work.text, map, column);
  const layout = layoutIn(work, at, column);
  insertLines(
    work,
    at,
    added.flatMap(([key, value]) => renderEntry(key, value, column, layout)),
  );
}

function changeList(work: Work, list: YAMLSeq, before: readonly unknown[], after: readonly unknown[]): void {
  let kept = 0;
  let added: unknown[] = [];
  for (const value of after) {
    if (kept < before.length && isSameItem(before[kept], value)) {
      insertItems(work, list, kept, added);
      added = [];
      change(work, list.items[kept], SAME_LINE, before[kept], value);
      kept += 1;
    } else added.push(value);
  }
  if (kept < before.length) throw new Unspliceable('an item is removed');
  insertItems(work, list, kept, added);
}

/** Puts items in front of the one that is `index`th now. */
function insertItems(work: Work, list: YAMLSeq, index: number, added: readonly unknown[]): void {
  if (added.length === 0) return;
  if (isFlow(list))
    return insertFlow(
      work,
      { collection: list, index: index },
      added.map((value) => ({ value })),
    );
  const start = startOf(list);
  const column = columnOf(work.text, start);
  const lineStart = start - column;
  const linesAt = (at: number) => {
    const layout = layoutIn(work, at, column);
    return added.flatMap((value) => renderListItem(value, column, layout));
  };
  if (index === 0 && work.text.slice(lineStart, start).trim() !== '') {
    // The first dash follows something on its line (`- - a`).
    const { eol } = work.layout;
    const text = linesAt(start).join(eol).trimStart() + eol + ' '.repeat(column);
    work.splices.push({ start, end: start, text });
    return;
  }
  const at = index > 0 ? lineAfter(work.text, list.items[index - 1], column) : aboveComments(work.text, lineStart);
  insertLines(work, at, linesAt(at));
}

function insertFlow(
  work: Work,
  ...[place, added]: [Parameters<typeof insertIntoFlow>[1], Parameters<typeof insertIntoFlow>[2]]
): void {
  work.splices.push(...insertIntoFlow(work, place, added));
}

/** Puts another value in a node's place. */
function replace(work: Work, node: Node, holder: Holder, after: unknown): void {
  const [start, end] = rangeOf(node);
  const { text, layout, splices } = work;
  const isBracketPair = (isMap(node) || isSeq(node)) && isFlow(node) && node.items.length === 0;
  if (isBracketPair && text.slice(start, end).includes('\n')) return fillBrackets(work, node, after);
  const wasLines = isScalar(node) && isBlockScalar(node);
  if (holder.column === undefined || isInline(after) || wasLines) {
    const written = isScalar(node) ? renderLike(node, after) : renderOnLine(after);
    const space = /[\s[{,]/.test(text.charAt(start - 1)) ? '' : ' ';
    const lineEnd = wasLines && text.slice(start, end).endsWith('\n') ? layout.eol : '';
    // An empty value ends where a comment begins.
    const gap = text.charAt(end) === '#' ? ' ' : '';
    splices.push({ start, end, text: space + written + gap + lineEnd });
    return;
  }
  if (isMap(node) || isSeq(node)) if (!isBracketPair) throw new Unspliceable('a whole collection is replaced');
  const lineEnd = endOfLine(text, end);
  if (start < end) {
    const isLastOnLine = text.slice(end, lineEnd).trim() === '';
    const from = isLastOnLine ? text.slice(0, start).trimEnd().length : start;
    splices.push({ start: from, end, text: '' });
  }
  insertLines(work, lineEnd, renderNested(after, holder.column, layoutIn(work, lineEnd, holder.column)));
}

function fillBrackets(work: Work, collection: YAMLMap | YAMLSeq, after: unknown): void {
  if (isSeq(collection) && Array.isArray(after))
    return insertFlow(
      work,
      { collection: collection, index: 0 },
      after.map((value: unknown) => ({ value })),
    );
  if (isMap(collection) && isRecord(after)) {
    return insertFlow(
      work,
      { collection: collection, index: 0 },
      Object.entries(after).map(([key, value]) => ({ key, value })),
    );
  }
  throw new Unspliceable('a whole collection is replaced');
}

function renderOnLine(value: unknown): string {
  return isInline(value) ? renderInline(value) : renderFlow(value);
}

/** In the quotes that the user chose: JSON stays JSON. */
function renderLike(node: Scalar, value: unknown): string {
  if (typeof value === 'string' && node.type === Scalar.QUOTE_SINGLE) return renderSingleQuoted(value);
  return typeof value === 'string' ? renderFlow(value) : renderOnLine(value);
}

function isBlockScalar(node: Scalar): boolean {
  return node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
}

/** How new lines at a place are written that hang on what stands at `column`. */
function layoutIn({ text, layout }: Work, at: number, column: number): Layout {
  return { ...layout, literals: !isDeeperLine(text, at, column) };
}

/** Inserts whole lines at a place that is the beginning of a line, or the end of a text without a last line end. */
function insertLines({ text, layout, splices }: Work, at: number, lines: readonly string[]): void {
  const { eol } = layout;
  const atLineStart = at === 0 || text.charAt(at - 1) === '\n';
  splices.push({ start: at, end: at, text: atLineStart ? lines.join(eol) + eol : eol + lines.join(eol) });
}

/** Visits all values with what they hang on, in the order of the text. */
function eachNode(text: string, node: unknown, holder: Holder, visit: (node: Node, holder: Holder) => void): void {
  if (!isNode(node)) return;
  visit(node, holder);
  if (isSeq(node)) for (const item of node.items) eachNode(text, item, SAME_LINE, visit);
  if (isMap(node)) for (const { value } of node.items) eachNode(text, value, holderIn(text, node), visit);
}

function holderIn(text: string, map: YAMLMap): Holder {
  return isFlow(map) ? SAME_LINE : { column: columnOf(text, startOf(map)) };
}

function aliasedAnchors(text: string, tree: Tree): ReadonlySet<string> {
  const names = new Set<string>();
  eachNode(text, tree.contents, SAME_LINE, (node) => {
    if (isAlias(node)) names.add(node.source);
  });
  return names;
}
