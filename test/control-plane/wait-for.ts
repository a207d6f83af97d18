// Waiting for what happens by itself in a cluster, with an end and with words for the end.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from './api-error.ts';

export interface WaitOptions {
  /** Default 30,000: controllers answer in well under a second, and a loaded machine needs patience. */
  timeoutMs?: number;
  everyMs?: number;
}

type Present<T> = Exclude<T, undefined | null | false>;

function isPresent<T>(value: T): value is Present<T> {
  return value !== undefined && value !== null && value !== false;
}

function isNotFound(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 404;
}

/**
 * Calls `look` until it gives something other than undefined, null or false, and returns that. What the API server does not find counts as not there
 * yet; any other error ends the wait.
 * @throws Error that names `what`, when the time is up.
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T> | T,
  options: WaitOptions = {},
): Promise<Present<T>> {
  const { timeoutMs = 30_000, everyMs = 50 } = options;
  const end = performance.now() + timeoutMs;
  for (;;) {
    let lastSeen = 'nothing';
    try {
      const value = await look();
      if (isPresent(value)) return value;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      lastSeen = error.message;
    }
    if (performance.now() >= end)
      throw new Error(`waited ${timeoutMs / 1_000} s in vain for ${what} (last seen: ${lastSeen})`);
    await sleep(everyMs);
  }
}
