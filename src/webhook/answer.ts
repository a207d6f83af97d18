import { attempt } from './attempt.ts';
import { decide, type DecisionSource, FAILURE_WARNINGS } from './decide.ts';
import { type Intake, isCostly } from './intake.ts';
import type { Metrics } from './metrics.ts';
import type { Lines } from '../serving/index.ts';
import type { Made, Recall } from './recall.ts';
import { recordDecision, recordFailure } from './record.ts';
import { type Refusal, REFUSALS } from './refusal.ts';
import { answerReview } from './respond.ts';
import { readReview, type Review } from './review.ts';

/** What an answer is made with, and where it is written down. */
export interface AnswerParts extends DecisionSource {
  readonly metrics: Metrics;
  readonly logger: Lines;
  /** Answers to reviews that came before; none are recalled if absent. */
  readonly recall?: Recall;
}

/** What bounds the work on a body of `size` bytes. */
export interface Bounds {
  readonly size: number;
  readonly intake: Pick<Intake, 'hasTime' | 'spendTime'>;
  /** Asked when the answer is made: whether it would come after its caller has gone. */
  readonly isTooLate: () => boolean;
}

const UNBOUNDED: Bounds = {
  size: 0,
  intake: { hasTime: () => true, spendTime: () => {} },
  isTooLate: () => false,
};

/**
 * body → review → decision → answer. Whatever fails on this way, a review is answered, and its Pod allowed. What was decided
 * holds even if it cannot be written down.
 *
 * `undefined` if the answer comes too late. Throws only if something failed and the body has no UID to answer to.
 */
export function answerBody(
  body: string,
  parts: AnswerParts,
  bounds: Bounds = UNBOUNDED,
): { readonly text: string } | { readonly refusal: Refusal } | undefined {
  const begin = performance.now();
  try {
    const recalled = recallAnswer(body, parts);
    if (recalled !== undefined) return give(recalled, parts, begin, bounds);
    const read = readReview(body);
    const costly = isCostly(bounds.size, read);
    if (costly && 'review' in read && !bounds.intake.hasTime()) return { refusal: REFUSALS.busy() };
    const answer = 'refusal' in read ? read : give(makeAnswer(body, read.review, parts), parts, begin, bounds);
    if (costly) {
      const sent = answer !== undefined && 'text' in answer ? answer.text.length : 0;
      bounds.intake.spendTime(performance.now() - begin, sent);
    }
    return answer;
  } catch (error) {
    return { text: answerAnyway(body, parts, error) };
  }
}

function recallAnswer(body: string, { optIn, configuration, recall }: AnswerParts): Made | undefined {
  return recall?.find(body, { optIn, configuration: configuration() });
}

function makeAnswer(body: string, review: Review, { optIn, configuration: source, recall }: AnswerParts): Made {
  const configuration = source();
  const decision = decide(review, { optIn, configuration: () => configuration });
  const made = { review, decision, text: answerReview(review, decision) };
  recall?.keep(body, { optIn, configuration }, made);
  return made;
}

/** Hands an answer out, and writes down what was decided, unless its caller has gone. */
function give(
  { review, decision, text }: Made,
  parts: AnswerParts,
  begin: number,
  { isTooLate }: Bounds,
): { readonly text: string } | undefined {
  if (isTooLate()) return undefined;
  attempt(() => recordDecision(parts, review, decision, performance.now() - begin));
  return { text };
}

/** The last resort: reading a review or writing an answer has failed, so this does both without any of that. */
function answerAnyway(body: string, parts: AnswerParts, error: unknown): string {
  const review = parseOr(body, error);
  const request = fieldOf(review, 'request');
  const uid = fieldOf(request, 'uid');
  if (typeof uid !== 'string' || uid === '') throw error;
  attempt(() => recordFailure(parts, { uid, dryRun: fieldOf(request, 'dryRun') === true }, error));
  const auditAnnotations = { reason: 'InternalError' };
  const response = { uid, allowed: true, auditAnnotations, warnings: FAILURE_WARNINGS };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
}

/** The parser's own error quotes the text, which is somebody's Pod: what failed first is thrown instead. */
function parseOr(body: string, error: unknown): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw error;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
