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

/**
 * The text after expansion, or `undefined` if it depends on what cannot be known, or would be longer than `longest`
 * characters.
 */
export function expandReferences(text: string, lookup: Lookup, longest: number): string | undefined {
  let expanded = '';
  let rest = 0;
  for (const match of text.matchAll(/\$(\$|\(([^)]*)\))/g)) {
    const name = match[2];
    const value = name === undefined ? '$' : lookup(name);
    if (value === undefined) return undefined;
    expanded += text.slice(rest, match.index) + (value ?? match[0]);
    if (expanded.length > longest) return undefined;
    rest = match.index + match[0].length;
  }
  return expanded + text.slice(rest);
}
