/**
 * Kubernetes' `$(NAME)` references in the values of environment variables: `$$` stands for `$`, a reference to what is not
 * defined stays as it is. Source: k8s.io/kubernetes third_party/forked/golang/expansion.
 */

/** A text that Kubernetes' expansion gives back as `text`. */
export function escapeReferences(text: string): string {
  return text.replaceAll(/\$(?=[$(])/g, '$$$$');
}

/** Says what a name stands for: its text, `null` if it is not defined, `undefined` if that cannot be known. */
export type Lookup = (name: string) => string | null | undefined;

/** The text after expansion, or `undefined` if it depends on what cannot be known. */
export function expandReferences(text: string, lookup: Lookup): string | undefined {
  if (!text.includes('$')) return text;
  let known = true;
  const expanded = text.replaceAll(/\$(\$|\(([^)]*)\))/g, (whole: string, what: string, name: string | undefined) => {
    if (what === '$' || name === undefined) return '$';
    const value = lookup(name);
    if (value === undefined) known = false;
    return value ?? whole;
  });
  return known ? expanded : undefined;
}
