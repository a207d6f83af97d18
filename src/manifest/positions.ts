import { isMap, isNode, isPair, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { Unspliceable } from './splices.ts';

/** Where the parts of a document stand in its text: offsets in characters, columns from 0. */

export function itemStart(item: unknown): number {
  return rangeOf(isNode(item) ? item : pairOf(item).key)[0];
}

export function itemEnd(item: unknown): number {
  if (isNode(item)) return rangeOf(item)[1];
  const { key, value } = pairOf(item);
  return rangeOf(isNode(value) ? value : key)[1];
}

function pairOf(item: unknown): Pair {
  if (!isPair(item)) throw new Unspliceable('an entry has no key');
  return item;
}

/** Start of the block of comment lines that ends at `lineStart`: they belong to what follows them. */
export function aboveComments(text: string, lineStart: number): number {
  let start = lineStart;
  for (;;) {
    const previous = text.lastIndexOf('\n', start - 2) + 1;
    if (start === 0 || !/^[ \t]*#/.test(text.slice(previous, start))) return start;
    start = previous;
  }
}

/** Where the line after an item's last one begins. Comments that stand deeper than `column` belong to the item. */
export function lineAfter(text: string, item: unknown, column: number): number {
  let at = endOfLine(text, endOfContent(item));
  for (;;) {
    const comment = /^( *)#/.exec(text.slice(at, endOfLine(text, at + 1)));
    if (comment === null || (comment[1]?.length ?? 0) <= column || text.charAt(at - 1) !== '\n') return at;
    at = endOfLine(text, at + 1);
  }
}

/**
 * Whether the line at `lineStart`, blank ones passed over, begins deeper than `column`: a comment, or space and no more. Behind
 * a text of several lines that hangs on `column` it would become a part of it.
 */
export function isDeeperLine(text: string, lineStart: number, column: number): boolean {
  const pattern = new RegExp(`(?:[ \\t]{0,${column}}\\r?\\n)*[ \\t]{${column + 1}}`, 'y');
  pattern.lastIndex = lineStart;
  return pattern.test(text);
}

/** Where the line of a content's end ends, or the content if it has ended its line itself (block scalars). */
export function endOfLine(text: string, end: number): number {
  if (end > 0 && text.charAt(end - 1) === '\n') return end;
  const lineEnd = text.indexOf('\n', end);
  return lineEnd < 0 ? text.length : lineEnd + 1;
}

function endOfContent(item: unknown): number {
  if (!isNode(item)) {
    const { key, value } = pairOf(item);
    return endOfContent(isNode(value) ? value : key);
  }
  if ((isMap(item) || isSeq(item)) && !isFlow(item) && item.items.length > 0) return endOfContent(item.items.at(-1));
  return rangeOf(item)[1];
}

export function rangeOf(node: unknown): readonly [number, number] {
  const range = isNode(node) ? node.range : undefined;
  if (range === undefined || range === null) throw new Unspliceable('a value has no place in the text');
  return [range[0], range[1]];
}

export function startOf(node: Node): number {
  return rangeOf(node)[0];
}

export function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Written in brackets. */
export function isFlow(collection: YAMLMap | YAMLSeq): boolean {
  return collection.flow === true;
}
