import type { YAMLMap, YAMLSeq } from 'yaml';
import { itemEnd, itemStart, rangeOf } from './positions.ts';
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

/** Puts items or entries into a collection in brackets, on lines of their own if those that are there have some. */
export function insertIntoFlow(
  { text, layout }: FlowText,
  { collection, index }: FlowPlace,
  added: readonly FlowItem[],
): Splice {
  const [open, close] = rangeOf(collection);
  const next = index < collection.items.length ? itemStart(collection.items[index]) : undefined;
  const previous = index > 0 ? itemEnd(collection.items[index - 1]) : undefined;
  const sample = next ?? (previous === undefined ? undefined : itemStart(collection.items[index - 1]));
  const lineStart = text.lastIndexOf('\n', (sample ?? close) - 1) + 1;
  const indent =
    sample !== undefined && lineStart > open && /^[ \t]*$/.test(text.slice(lineStart, sample))
      ? text.slice(lineStart, sample)
      : undefined;
  const unit = indent?.startsWith('\t') === true ? '\t' : ' '.repeat(layout.step);
  const rendered = added.map(({ key, value }) => {
    const written = indent === undefined ? renderFlow(value) : renderIndentedJson(value, indent, unit, layout.eol);
    return key === undefined ? written : `${renderFlow(key)}: ${written}`;
  });
  const gap = indent === undefined ? ', ' : `,${layout.eol}${indent}`;
  const inserted = rendered.join(gap);
  if (previous !== undefined) return { start: previous, end: previous, text: gap + inserted };
  if (next !== undefined) return { start: next, end: next, text: inserted + gap };
  return { start: open + 1, end: open + 1, text: inserted };
}
