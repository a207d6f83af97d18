import { isScalar, LineCounter } from 'yaml';
import { findTemplate, misreadKeysOf } from './misreadings.ts';
import type { Problem } from '../problem.ts';
import { parseTrees, type Tree, valueOf } from './trees.ts';

/** One document of a YAML stream that says something; empty ones have no ManifestDocument. */
export interface ManifestDocument {
  /** `NAME: document N`, counted from 1, empty ones included. */
  readonly where: string;
  /** Place in the stream, from 0. */
  readonly index: number;
  /** What kubectl would send to the API server for it. Aliases may make it share objects: do not change it. */
  readonly value: unknown;
  /** Keys without quotes that YAML takes for something else than the word that is written: `n` is read as `false`. */
  readonly misreadKeys: readonly Problem[];
}

export type ParsedYaml =
  | { readonly documents: readonly ManifestDocument[] }
  | { readonly problems: readonly Problem[] };

/** Nothing but comments, markers, or `null`. */
function isEmpty(tree: Tree): boolean {
  return isScalar(tree.contents) && tree.contents.value === null;
}

/**
 * Reads a stream of YAML or JSON documents. `name` says in problems where the text comes from. Problems are all those of
 * the stream, each with line and column, from 1.
 */
export function parseYaml(text: string, name: string): ParsedYaml {
  const lineCounter = new LineCounter();
  const problems: Problem[] = [];
  const documents: ManifestDocument[] = [];
  const at = (offset: number, message: string): Problem => {
    const { line, col } = lineCounter.linePos(offset);
    return { where: `${name}:${line}:${col}`, message };
  };
  parseTrees(text, lineCounter).forEach((tree, index) => {
    const where = `${name}: document ${index + 1}`;
    // What follows the first mistake of a document is mostly its echo.
    const mistake = firstMistake(text, tree);
    if (mistake !== undefined) problems.push(at(mistake.offset, mistake.message));
    else if (!isEmpty(tree)) {
      try {
        const misreadKeys = misreadKeysOf(tree).map(({ offset, written, read }) =>
          at(offset, `the key ${written} is read as ${read}; write it in quotes: "${written}"`),
        );
        documents.push({ where, index, value: valueOf(tree), misreadKeys });
      } catch (cause) {
        problems.push({ where, message: describeCause(cause) });
      }
    }
  });
  return problems.length === 0 ? { documents } : { problems };
}

function firstMistake(text: string, tree: Tree): { readonly offset: number; readonly message: string } | undefined {
  const template = findTemplate(text, tree);
  if (template !== undefined) {
    const message = `${template.written} looks like a template that was not rendered; render it first (helm template), or write it in quotes if it is meant as text`;
    return { offset: template.offset, message };
  }
  const error = tree.errors[0];
  return error === undefined ? undefined : { offset: error.pos[0], message: describe(error.code, error.message) };
}

function describe(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'the key stands twice in one map; remove one of the two';
  if (code === 'TAB_AS_INDENT') return 'a tab is not allowed as indentation; use spaces';
  return message;
}

function describeCause(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.startsWith('Excessive alias count') ? 'aliases repeat too much of the document' : message;
}
