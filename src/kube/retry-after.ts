/** A server that needs longer says so again; a mistake of somebody in between must not leave us deaf for a day. */
const MOST_MS = 120_000;

/**
 * Milliseconds that a `Retry-After` header asks for: whole seconds (what the API server sends) or an HTTP date (what proxies may
 * send). `undefined` if it says nothing that can be read; never negative, at most two minutes.
 */
export function readRetryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value) * 1000, MOST_MS);
  // An HTTP date begins with the day's name. Date.parse alone would take "-1" for a year.
  if (!/^[A-Z][a-z]{2}/.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.min(Math.max(date - now, 0), MOST_MS);
}
