import { attempt } from './attempt.ts';
import type { Decision } from './decide.ts';
import type { Metrics } from './metrics.ts';
import type { Lines } from '../serving/index.ts';
import type { Review } from './review.ts';

/** Names of containers in one line; a Pod may have many thousands, and nobody reads more than a few. */
const MOST_CONTAINERS = 20;

/** What of a review is written down. */
export type Answered = Pick<Review, 'uid' | 'dryRun'>;

/** Where decisions are written down. */
interface Records {
  readonly metrics: Pick<Metrics, 'countDecision'>;
  readonly logger: Lines;
}

/**
 * Writes down what became of a review: a counter and a log line, made of names and reasons alone. Messages are for the Pod's
 * author: they may quote values of his.
 *
 * A dry run leaves no trace of a decision, since no Pod comes of it: it is counted as a request (duration, in flight) only. A
 * failure of ours is logged in any case, or nobody would learn of it.
 */
export function recordDecision(to: Records, review: Answered, decision: Decision, ms: number): void {
  const { outcome, reason, mode, containers, pod, error } = decision;
  if (outcome === 'failed') return recordFailure(to, review, error);
  const { uid, dryRun } = review;
  if (dryRun) return;
  attempt(() => to.metrics.countDecision(outcome, reason));
  const fields = { uid, ...pod, reason };
  const durationMs = Math.round(ms * 100) / 100;
  if (outcome === 'injected') {
    to.logger.info({ ...fields, mode, containers: containers.slice(0, MOST_CONTAINERS), durationMs }, 'Pod injected');
  } else to.logger.debug({ ...fields, durationMs }, 'Pod left as it is');
}

/** Writes down that a review could not be decided on, or not be answered as decided. */
export function recordFailure(to: Records, { uid, dryRun }: Answered, error: unknown): void {
  const reason = 'InternalError';
  if (!dryRun) attempt(() => to.metrics.countDecision('failed', reason));
  to.logger.error({ uid, reason, dryRun, ...describeError(error) }, 'injection failed, Pod admitted as it is');
}

/** An error as it may stand in a log line: what our own code says, never a property that could carry a Pod. */
export function describeError(error: unknown): { readonly error: string; readonly stack?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  try {
    return { error: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
  } catch {
    // Anything can be thrown, even what cannot be read.
    return { error: 'an error without a readable message' };
  }
}
