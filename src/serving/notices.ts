import type { Lines } from './lines.ts';

/** How long at least between two lines of one cause. */
const BETWEEN_MS = 10_000;

/** What was counted in silence, told in the log. */
export interface Notices {
  /** Something happened that a counter counts: `message` is written now, or within BETWEEN_MS with how often it happened. */
  readonly note: (message: string) => void;
  /** Writes what is still untold. */
  readonly stop: () => void;
}

/**
 * Warnings for what may happen thousands of times a second. The first of its kind is written at once; those that follow are
 * written together. Messages come from closed lists: none has text of a request in it, and there are only a few.
 */
export function createNotices(logger: Pick<Lines, 'warn'>, betweenMs = BETWEEN_MS): Notices {
  /** How often each has happened since it was last told. */
  const untold = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  function tell(): void {
    timer = undefined;
    for (const [message, count] of untold) {
      if (count === 0) untold.delete(message);
      else {
        logger.warn({ count }, message);
        untold.set(message, 0);
      }
    }
    if (untold.size > 0) timer = setTimeout(tell, betweenMs).unref();
  }

  return {
    note(message) {
      const count = untold.get(message);
      if (count === undefined) logger.warn({ count: 1 }, message);
      untold.set(message, count === undefined ? 0 : count + 1);
      timer ??= setTimeout(tell, betweenMs).unref();
    },
    stop() {
      clearTimeout(timer);
      for (const [message, count] of untold) if (count > 0) logger.warn({ count }, message);
      untold.clear();
    },
  };
}
