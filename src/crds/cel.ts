/**
 * Pieces of the language in which the API server runs rules (CEL), as text.
 *
 * Patterns are raw literals (`r'…'`), which keep their backslashes.
 */

/** A text as a literal. @throws Error for a text that a raw literal cannot hold. */
export function literal(text: string): string {
  if (/['\n\r]/.test(text)) throw new Error(`no raw literal of CEL can hold ${JSON.stringify(text)}`);
  return text.includes('\\') ? `r'${text}'` : `'${text}'`;
}

/** Whether `subject`, an expression, matches a pattern of the schema. */
export function matches(subject: string, pattern: string): string {
  const match = (text: string) =>
    `${subject}.matches(${literal(text.replaceAll(String.raw`\u0000`, String.raw`\x00`))})`;
  // RE2 has no lookahead; the schema has it in one form only, to leave one name out.
  const [, without] = /^\^\(\?!(.*?)\$\)/.exec(pattern) ?? [];
  if (without === undefined) return match(pattern);
  return `${match(`^${pattern.slice(without.length + '^(?!$)'.length)}`)} && !${match(`^${without}$`)}`;
}

/** Holds where `condition` does not, or where `rule` does. */
export function onlyWhere(condition: string, rule: string): string {
  return `!${condition} || ${rule}`;
}

/** How two quantities compare: `atMost('self', "quantity('1Ti')")`. Both sides are expressions of type quantity. */
export function isAtMost(left: string, right: string): string {
  return `${left}.compareTo(${right}) <= 0`;
}

/** A sentence as a literal, whatever is in it. */
export function sentence(text: string): string {
  return JSON.stringify(text);
}

/** An expression of type text as a quantity. */
export function quantityOf(text: string): string {
  return `quantity(${text})`;
}
