import type { Decision } from './decide.ts';
import type { Metrics } from './metrics.ts';
import type { WebhookLogger } from './options.ts';
import type { Review } from './review.ts';

/** Names of containers in one line; a Pod may have many thousands, and nobody reads more than a few. */
const MOST_CONTAINERS = 20;

/**
 * Writes down what became of a review: a counter and a log line, made of names and reasons alone. Messages are for the Pod's
 * author: they may quote values of his.
 *
 * A dry run leaves no trace of a decision, since no Pod comes of it: it is counted as a request (duration, in flight) only. A
 * failure of ours is logged in any case, or nobody would learn of it.
 */
export function recordDecision(
  to: { metrics: Metrics; logger: WebhookLogger },
  review: Review,
  decision: Decision,
  ms: number,
): void {
  const { outcome, reason, mode, containers, subject, error } = decision;
  const { uid, dryRun } = review;
  if (outcome === 'failed')
    to.logger.error({ uid, reason, dryRun, ...describeError(error) }, 'injection failed, Pod admitted as it is');
  if (dryRun) return;
  to.metrics.countDecision(outcome, reason);
  if (outcome === 'failed') return;
  const { name, generateName } = subject?.pod.metadata ?? {};
  const named = name ? { name } : { generateName };
  const fields = { uid, namespace: subject?.namespace, ...named, reason };
  const durationMs = Math.round(ms * 100) / 100;
  if (outcome === 'injected') {
    to.logger.info({ ...fields, mode, containers: containers.slice(0, MOST_CONTAINERS), durationMs }, 'Pod injected');
  } else to.logger.debug({ ...fields, durationMs }, 'Pod left as it is');
}

/** An error as it may stand in a log line: what our own code says, never a property that could carry a Pod. */
export function describeError(error: unknown): { readonly error: string; readonly stack?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  return { error: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
}
