import { isMap, isSeq } from 'yaml';
import type { Tree } from './trees.ts';
import { columnOf, isFlow, startOf } from './positions.ts';
import type { Layout } from './render.ts';

/** Layout of a document: that of its first nested map and list; two spaces and no more where there is none. */
export function layoutOf(text: string, tree: Tree): Layout {
  let step: number | undefined;
  let dash: number | undefined;
  const look = (node: unknown): void => {
    if (isSeq(node)) for (const item of node.items) look(item);
    if (!isMap(node)) return;
    for (const { value } of node.items) {
      if (!isFlow(node) && (isMap(value) || isSeq(value)) && !isFlow(value)) {
        const deeper = columnOf(text, startOf(value)) - columnOf(text, startOf(node));
        if (isMap(value)) step ??= deeper;
        else dash ??= deeper;
      }
      look(value);
    }
  };
  look(tree.contents);
  const firstLineEnd = text.indexOf('\n', tree.range[0]);
  const eol = text.charAt(firstLineEnd - 1) === '\r' ? '\r\n' : '\n';
  return { eol, step: step ?? 2, dash: dash ?? 0, literals: true };
}
