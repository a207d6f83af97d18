import { isMap, isScalar, type Pair, visit, type YAMLMap } from 'yaml';
import type { Tree } from './trees.ts';

/** What YAML reads without a mistake, but not as its author meant it. */

/**
 * Offset and text of the first `{{ … }}` of a template that was not rendered: a map in braces whose only key is another one
 * right behind its brace, neither with a value. Nothing that Kubernetes takes has a map for a key. Where the document has
 * mistakes anyway (`{{- if … }}`), the braces alone tell.
 */
export function findTemplate(
  text: string,
  tree: Tree,
): { readonly offset: number; readonly written: string } | undefined {
  let offset: number | undefined;
  visit(tree, {
    Map(_, map) {
      const inner = innerBraces(map);
      if (inner === undefined || (tree.errors.length === 0 && !isBareKey(map, inner))) return undefined;
      offset = map.range?.[0];
      return visit.BREAK;
    },
  });
  if (offset === undefined) return undefined;
  const [written = ''] = /^.*?(?:\}\}|$)/m.exec(text.slice(offset)) ?? [];
  return { offset, written: written.trimEnd() };
}

/** The map that is the first key of another one, if their braces stand together. */
function innerBraces(map: YAMLMap): YAMLMap | undefined {
  const key = map.items[0]?.key;
  if (map.flow !== true || !isMap(key) || key.flow !== true || !map.range) return undefined;
  return key.range?.[0] === map.range[0] + 1 ? key : undefined;
}

function isBareKey(map: YAMLMap, inner: YAMLMap): boolean {
  return map.items.length === 1 && map.items.every(isBare) && inner.items.length > 0 && inner.items.every(isBare);
}

function isBare({ value }: Pair): boolean {
  return value === null || (isScalar(value) && value.value === null && !value.source);
}

/** A key that is no text for YAML and becomes another word than the one written: `n` becomes `false`, `0x10` becomes `16`. */
export interface MisreadKey {
  readonly offset: number;
  readonly written: string;
  readonly read: string;
}

export function misreadKeysOf(tree: Tree): readonly MisreadKey[] {
  const found: MisreadKey[] = [];
  visit(tree, { Pair: (_, pair) => void found.push(...misreadKeyOf(pair)) });
  return found;
}

function misreadKeyOf({ key }: Pair): readonly MisreadKey[] {
  if (!isScalar(key) || key.source === undefined || !key.range) return [];
  if (typeof key.value !== 'boolean' && typeof key.value !== 'number') return [];
  const read = String(key.value);
  return read === key.source ? [] : [{ offset: key.range[0], written: key.source, read }];
}
