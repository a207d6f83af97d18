import {
  Composer,
  CST,
  type Document,
  type DocumentOptions,
  Lexer,
  type LineCounter,
  Parser,
  type ParseOptions,
  type SchemaOptions,
} from 'yaml';
import { KUBERNETES_SCALARS } from './scalars.ts';

/** How often aliases may multiply their anchors' content before it counts as an attack on memory. */
const MOST_ALIASES = 1000;

const OPTIONS: ParseOptions & DocumentOptions & SchemaOptions = {
  schema: 'failsafe',
  customTags: KUBERNETES_SCALARS,
  merge: true,
  resolveKnownTags: false,
  // Else it warns on stderr of a key that is a map.
  logLevel: 'silent',
};

export type Tree = Document.Parsed;

/** Syntax trees of all documents of a stream, empty ones included. */
export function parseTrees(text: string, lineCounter?: LineCounter): readonly Tree[] {
  lineCounter?.addNewLine(0);
  return [...new Composer(OPTIONS).compose(tokensOf(text, new Parser(lineCounter?.addNewLine)))];
}

/** Value of a tree; throws if aliases multiply. */
export function valueOf(tree: Tree): unknown {
  return tree.toJS({ maxAliasCount: MOST_ALIASES });
}

/**
 * A document ends as well where its map or list in brackets is followed by another: `jq '.items[]'` prints a stream of JSON
 * that way, which kubectl reads. In YAML proper it would be a mistake, so no other stream changes its meaning.
 */
function* tokensOf(text: string, parser: Parser): Generator<CST.Token> {
  const watch = new BracketWatch();
  for (const lexeme of new Lexer().lex(text)) {
    if (watch.sees(lexeme) === 'next document') {
      yield* parser.end();
      yield* parser.next(CST.DOCUMENT);
    }
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

/** Tells where a collection in brackets begins behind another one that is all of a document. */
class BracketWatch {
  #state: 'nothing yet' | 'in brackets' | 'behind brackets' | 'something else' = 'nothing yet';
  #depth = 0;
  #isScalarNext = false;

  sees(lexeme: string): 'next document' | undefined {
    const type = this.#isScalarNext ? null : CST.tokenType(lexeme);
    this.#isScalarNext = type === 'scalar';
    if (type === 'space' || type === 'newline' || type === 'comment') return undefined;
    const before = this.#state;
    if (type === 'flow-map-start' || type === 'flow-seq-start') {
      if (before === 'nothing yet' || before === 'behind brackets') this.#state = 'in brackets';
      this.#depth += 1;
      return before === 'behind brackets' ? 'next document' : undefined;
    }
    if (type === 'flow-map-end' || type === 'flow-seq-end') {
      this.#depth -= 1;
      if (before === 'in brackets' && this.#depth === 0) this.#state = 'behind brackets';
    } else if (type === 'doc-mode' || type === 'doc-start' || type === 'doc-end') {
      this.#state = 'nothing yet';
      this.#depth = 0;
    } else if (before !== 'in brackets') this.#state = 'something else';
    return undefined;
  }
}
