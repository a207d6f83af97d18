import { isDeepStrictEqual } from 'node:util';
import jsonPatch, { type Operation } from 'fast-json-patch';
import { parseTrees, type Tree, valueOf } from './trees.ts';
import { expandAliases, spliceDocument } from './change.ts';
import { applySplices, Unspliceable } from './splices.ts';

/** What is to change in one document of a stream. */
export interface DocumentEdit {
  /** Which document: its ManifestDocument's `index`. */
  readonly index: number;
  /** Operations on the document's value. They may add and replace, not remove. */
  readonly operations: readonly Operation[];
}

/** Result of editYaml: the new text, and the documents (by `index`) that stand in it as they were. */
export interface EditedYaml {
  readonly text: string;
  readonly failed: readonly number[];
}

/**
 * Changes documents of a stream and nothing else of its text: comments, order, quotes and every untouched document stay as
 * they are, byte for byte.
 *
 * The new text is read again before it is given back: each document has exactly the value that its operations make of it.
 * A document that is written in a way for which no such text was found stays as it was and is named in `failed`.
 */
export function editYaml(text: string, edits: readonly DocumentEdit[]): EditedYaml {
  // A byte order mark would count as a column of the first line.
  if (!text.startsWith(BYTE_ORDER_MARK)) return editText(text, edits);
  const { text: edited, failed } = editText(text.slice(BYTE_ORDER_MARK.length), edits);
  return { text: BYTE_ORDER_MARK + edited, failed };
}

const BYTE_ORDER_MARK = '\uFEFF';

function editText(text: string, edits: readonly DocumentEdit[]): EditedYaml {
  const all = tryEdits(text, edits);
  if (all !== undefined) return { text: all, failed: [] };
  // One of them cannot be made: make the others one by one.
  let current = text;
  const failed: number[] = [];
  for (const edit of edits) {
    const edited = tryEdits(current, [edit]) ?? tryExpanded(current, edit);
    if (edited === undefined) failed.push(edit.index);
    else current = edited;
  }
  return { text: current, failed };
}

/** The text with all edits made, or nothing if it does not say exactly what it should. */
function tryEdits(text: string, edits: readonly DocumentEdit[]): string | undefined {
  const trees = parseTrees(text);
  const values = trees.map(valueOf);
  try {
    const splices = edits
      .toSorted((a, b) => a.index - b.index)
      .flatMap(({ index, operations }) => {
        const before = values[index];
        const after = patched(before, operations);
        values[index] = after;
        return spliceDocument(text, treeAt(trees, index), before, after);
      });
    const edited = applySplices(text, splices);
    return says(edited, values) ? edited : undefined;
  } catch (error) {
    if (error instanceof Unspliceable) return undefined;
    throw error;
  }
}

/** Where an alias repeats what is to change: write out what every alias of the document stands for, then edit. */
function tryExpanded(text: string, edit: DocumentEdit): string | undefined {
  const trees = parseTrees(text);
  try {
    const expanded = applySplices(text, expandAliases(text, treeAt(trees, edit.index)));
    return expanded !== text && says(expanded, trees.map(valueOf)) ? tryEdits(expanded, [edit]) : undefined;
  } catch (error) {
    if (error instanceof Unspliceable) return undefined;
    throw error;
  }
}

function patched(value: unknown, operations: readonly Operation[]): unknown {
  // A value that is added becomes part of the result, where the operations behind it may change it.
  return jsonPatch.applyPatch<unknown>(value, structuredClone([...operations]), false, false).newDocument;
}

function says(text: string, values: readonly unknown[]): boolean {
  const trees = parseTrees(text);
  return trees.every((tree) => tree.errors.length === 0) && isDeepStrictEqual(trees.map(valueOf), values);
}

function treeAt(trees: readonly Tree[], index: number): Tree {
  const tree = trees[index];
  if (tree === undefined) throw new Unspliceable('there is no such document');
  return tree;
}
