/**
 * One mistake in something that a person wrote.
 *
 * `where` names the place so that its author finds it: a document and a field path (`TracingConfig production/default:
 * spec.collector.http`), an annotation or a field of a Pod (`spec.containers[0].env`). `message` says what is wrong with the
 * value that is there and what is allowed instead.
 */
export interface Problem {
  readonly where: string;
  readonly message: string;
}

/** `where: message`, the one way in which a problem is printed. */
export function formatProblem(problem: Problem): string {
  return `${problem.where}: ${problem.message}`;
}

const LONGEST_QUOTE = 80;

/** A value as it may stand in a message: JSON, cut to a length that a terminal line can hold. */
export function quoteValue(value: unknown): string {
  const text = textOf(value);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'a value that is nested too deep to be shown';
  }
}
