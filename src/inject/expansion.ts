/**
 * Kubernetes' `$(NAME)` references in the values of environment variables: `$$` stands for `$`, a reference to what is not
 * defined stays as it is. Source: k8s.io/kubernetes third_party/forked/golang/expansion.
 */

/** A text that Kubernetes' expansion gives back as `text`. */
export function escapeReferences(text: string): string {
  return text.includes('$') ? text.replaceAll(/\$(?=[$(])/g, '$$$$') : text;
}

/** Says what a name stands for: its text, `null` if it is not defined, `undefined` if that cannot be known. */
export type Lookup = (name: string) => string | null | undefined;

/** A `$$`, or a reference with its name, and where it stands. */
interface Reference {
  readonly index: number;
  readonly text: string;
  readonly name?: string;
}

/**
 * All of a text, from the left. Not by a regular expression: one that looks for the `)` of each `$(` takes minutes for a
 * text of a hundred thousand of them and no `)`.
 */
export function* findReferences(text: string): Generator<Reference, void> {
  let close = 0;
  for (let at = text.indexOf('$'); at !== -1; at = text.indexOf('$', at + 1)) {
    const next = text[at + 1];
    if (next === '(' && close !== -1 && close <= at) close = text.indexOf(')', at);
    if (next === '$') yield { index: at++, text: '$$' };
    else if (next === '(' && close !== -1) {
      yield { index: at, text: text.slice(at, close + 1), name: text.slice(at + 2, close) };
      at = close;
    }
  }
}

/**
 * The text after expansion, or `undefined` if it depends on what cannot be known, or would be longer than `longest`
 * characters.
 */
export function expandReferences(text: string, lookup: Lookup, longest: number): string | undefined {
  let expanded = '';
  let rest = 0;
  for (const { index, text: found, name } of findReferences(text)) {
    const value = name === undefined ? '$' : lookup(name);
    if (value === undefined) return undefined;
    expanded += text.slice(rest, index) + (value ?? found);
    if (expanded.length > longest) return undefined;
    rest = index + found.length;
  }
  return expanded.length + text.length - rest > longest ? undefined : expanded + text.slice(rest);
}
