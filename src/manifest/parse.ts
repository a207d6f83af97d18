import {
  type Document,
  isScalar,
  LineCounter,
  parseAllDocuments,
  type ParseOptions,
  type SchemaOptions,
  type DocumentOptions,
} from 'yaml';
import type { Problem } from '../problem.ts';
import { KUBERNETES_SCALARS } from './scalars.ts';

/** One document of a YAML stream that says something; empty ones have no ManifestDocument. */
export interface ManifestDocument {
  /** `NAME: document N`, counted from 1, empty ones included. */
  readonly where: string;
  /** Place in the stream, from 0. */
  readonly index: number;
  /** What kubectl would send to the API server for it. Aliases may make it share objects: do not change it. */
  readonly value: unknown;
}

export type ParsedYaml =
  | { readonly documents: readonly ManifestDocument[] }
  | { readonly problems: readonly Problem[] };

/** How often aliases may multiply their anchors' content before it counts as an attack on memory. */
const MOST_ALIASES = 1000;

const OPTIONS: ParseOptions & DocumentOptions & SchemaOptions = {
  schema: 'failsafe',
  customTags: KUBERNETES_SCALARS,
  merge: true,
  resolveKnownTags: false,
  prettyErrors: false,
  logLevel: 'silent',
};

export type Tree = Document.Parsed;

/** Syntax trees of all documents of a stream, empty ones included. */
export function parseTrees(text: string, lineCounter?: LineCounter): readonly Tree[] {
  return [...parseAllDocuments(text, lineCounter === undefined ? OPTIONS : { ...OPTIONS, lineCounter })];
}

/** Value of a tree; throws if aliases multiply. */
export function valueOf(tree: Tree): unknown {
  return tree.toJS({ maxAliasCount: MOST_ALIASES });
}

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
  parseTrees(text, lineCounter).forEach((tree, index) => {
    const where = `${name}: document ${index + 1}`;
    const error = tree.errors[0];
    if (error !== undefined) {
      // What follows the first error of a document is mostly its echo.
      const { line, col } = lineCounter.linePos(error.pos[0]);
      problems.push({ where: `${name}:${line}:${col}`, message: describe(error.code, error.message) });
    } else if (!isEmpty(tree)) {
      try {
        documents.push({ where, index, value: valueOf(tree) });
      } catch (cause) {
        problems.push({ where, message: describeCause(cause) });
      }
    }
  });
  return problems.length === 0 ? { documents } : { problems };
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
