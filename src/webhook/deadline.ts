/**
 * The most that a webhook configuration can ask for (timeoutSeconds is 1 to 30), so that no honest caller names more.
 */
export const LONGEST_DEADLINE_MS = 30_000;

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
// Digits are bounded: the text comes from outside, and no duration of interest has more.
const PART = /(\d{1,9}(?:\.\d{0,9})?)(ns|us|µs|ms|s|m|h)/y;

/**
 * How long the caller waits for an answer, in milliseconds: `timeout=10s` in the query, as the API server sends it, at most
 * LONGEST_DEADLINE_MS. `otherwise` if the query names none, or none that can be read.
 */
export function deadlineOf(url: string, otherwise: number): number {
  const query = url.indexOf('?');
  const text = query === -1 ? null : new URLSearchParams(url.slice(query)).get('timeout');
  const asked = text === null ? undefined : parseGoDuration(text);
  return Math.min(asked ?? otherwise, LONGEST_DEADLINE_MS);
}

/** Milliseconds of a duration as Go prints it (`500ms`, `1m30s`, `1.5s`); `undefined` if it is none, or not positive. */
function parseGoDuration(text: string): number | undefined {
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const [, amount, unit] = PART.exec(text) ?? [];
    if (amount === undefined || unit === undefined) return undefined;
    total += Number(amount) * (UNIT_MS.get(unit) ?? 0);
  }
  return total > 0 ? total : undefined;
}
