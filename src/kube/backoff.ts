import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait between attempts, in milliseconds. */
export interface Backoff {
  /** The least wait after the first failure. */
  readonly minMs: number;
  /** The longest wait, however often it failed. */
  readonly maxMs: number;
}

/** 0.8 to 1.6 s after the first failure, 15 to 30 s from the sixth on: what client-go's reflector does. */
export const BACKOFF: Backoff = { minMs: 800, maxMs: 30_000 };

/**
 * A time between a half and the whole of what doubles with each failure. The jitter keeps clients apart which all lost the same
 * server at the same moment.
 *
 * @param failures in a row so far, from 1.
 * @param random as Math.random.
 */
export function backoffMs(failures: number, { minMs, maxMs }: Backoff, random: () => number): number {
  const whole = Math.min(maxMs, minMs * 2 ** failures);
  return whole * (0.5 + random() / 2);
}

/** What a server asks for is taken as the least; the jitter comes on top, since it asks everybody for the same. */
export function waitMs(backoff: number, retryAfterMs: number | undefined): number {
  return retryAfterMs === undefined || retryAfterMs <= backoff ? backoff : retryAfterMs + backoff / 4;
}

/** Resolves after `ms`, or at once when the signal is aborted; never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // The signal: whoever waits looks at it next.
  }
}
