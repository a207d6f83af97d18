import type { YAMLMap, YAMLSeq } from 'yaml';
import { aboveComments, columnOf, itemEnd, itemStart, rangeOf } from './positions.ts';
import { type Layout, renderFlow, renderIndentedJson } from './render.ts';
import type { Splice } from './splices.ts';

/** An item of a list, or an entry of a map. */
export interface FlowItem {
  readonly key?: string;
  readonly value: unknown;
}

interface FlowText {
  readonly text: string;
  readonly layout: Layout;
}

/** In front of the item that is `index`th now, or behind the last. */
interface FlowPlace {
  readonly collection: YAMLMap | YAMLSeq;
  readonly index: number;
}

/**
 * Puts items or entries into a collection in brackets, on lines of their own if those that are there have some. A comment
 * stays behind or above the item that it had.
 */
export function insertIntoFlow(
  { text, layout }: FlowText,
  { collection, index }: FlowPlace,
  added: readonly FlowItem[],
): readonly Splice[] {
  const { items } = collection;
  const next = index < items.length ? itemStart(items[index]) : undefined;
  const sample = next ?? (index > 0 ? itemStart(items[index - 1]) : undefined);
  const indent = sample === undefined ? undefined : indentAt(text, sample);
  const unit = indent?.startsWith('\t') === true ? '\t' : ' '.repeat(layout.step);
  const rendered = added.map(({ key, value }) => {
    const written = indent === undefined ? renderFlow(value) : renderIndentedJson(value, indent, unit, layout.eol);
    return key === undefined ? written : `${renderFlow(key)}: ${written}`;
  });
  if (index > 0) {
    const firstColumn = columnOf(text, itemStart(items[0]));
    return insertBehind({ text, layout }, itemEnd(items[index - 1]), { rendered, indent, firstColumn });
  }
  const inserted = rendered.join(indent === undefined ? ', ' : `,${layout.eol}${indent}`);
  if (next === undefined) return [insertion(rangeOf(collection)[0] + 1, inserted)];
  if (indent === undefined) return [insertion(next, `${inserted}, `)];
  const lineStart = next - indent.length;
  return [insertion(aboveComments(text, lineStart), `${indent}${inserted},${layout.eol}`)];
}

/** New items as text, and what they stand behind on lines of their own: undefined if they need none. */
interface RenderedItems {
  readonly rendered: readonly string[];
  readonly indent: string | undefined;
  /** Column of the collection's first item. */
  readonly firstColumn: number;
}

/** Behind the item that ends at `end`, its comma and the comment on that line. */
function insertBehind(
  { text, layout }: FlowText,
  end: number,
  { rendered, indent, firstColumn }: RenderedItems,
): readonly Splice[] {
  const comma = endOfMatch(/(?:\s|#[^\n]*)*,/y, text, end);
  const place = comma ?? end;
  const comment = endOfMatch(/[ \t]+#[^\r\n]*/y, text, place);
  // A comment ends its line, whether the items have lines of their own or not.
  const isOnLines = indent !== undefined || comment !== undefined;
  const lead = isOnLines ? layout.eol + (indent ?? ' '.repeat(firstColumn)) : ' ';
  const inserted = lead + rendered.join(`,${lead}`);
  if (comma !== undefined) return [insertion(comment ?? place, `${inserted},`)];
  return [insertion(place, ','), insertion(comment ?? place, inserted)];
}

/** What stands in front of an item on its line, if that is nothing but space. */
function indentAt(text: string, start: number): string | undefined {
  const space = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return /^[ \t]*$/.test(space) ? space : undefined;
}

/** Where the match of a sticky pattern at `start` ends. */
function endOfMatch(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function insertion(at: number, text: string): Splice {
  return { start: at, end: at, text };
}
