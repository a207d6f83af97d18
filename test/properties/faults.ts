/** What must hold of a review whose answer is made by a core in which one function throws. */
import { createLogger } from '../../src/logger.ts';
import type { AnswerParts } from '../../src/webhook/answer.ts';
import { createMetrics } from '../../src/webhook/metrics.ts';
import { reviewWith, UID } from '../../src/webhook/testing/reviews.ts';
import type { CoreWithFaults, Fault } from './core-with-faults.ts';

/** A review, and what the webhook knows when it comes. */
export interface ReviewedPod {
  readonly body: string;
  readonly parts: AnswerParts;
}

/** What can be thrown. An Error as such says most; the others are odd to catch, or to describe. */
const KINDS: readonly (readonly [what: string, make: () => unknown])[] = [
  ['an Error', () => new Error('fault')],
  ['a TypeError', () => new TypeError("Cannot read properties of undefined (reading 'fault')")],
  ['a stack overflow', overflow],
  ['a text', () => 'fault'],
  ['undefined', () => undefined],
  ['null', () => null],
  ['an object without a prototype', () => Object.create(null) as unknown],
  ['an Error whose message cannot be read', () => unreadable(new Error('fault'))],
];

export const THROWN = KINDS.map(([what, make]) => ({ what, thrown: () => withoutTrace(make) }));

/** A trace is not what is tried, and to write one takes longer than to answer a review. */
function withoutTrace(make: () => unknown): unknown {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** A real one, from the engine. */
function overflow(): unknown {
  const recurse = (): number => recurse() + 1;
  try {
    return recurse();
  } catch (error) {
    return error;
  }
}

function unreadable(error: Error): Error {
  const get = (): never => {
    throw new Error('the message throws as well');
  };
  return Object.defineProperties(error, { message: { get }, stack: { get } });
}

const logger = createLogger({ level: 'debug', destination: { write: () => undefined } });
const metrics = createMetrics();

/** The review of a Pod's creation, for a webhook with a log and counters. */
export function reviewOf(
  pod: unknown,
  namespace: string,
  source: Pick<AnswerParts, 'configuration' | 'optIn'>,
): ReviewedPod {
  return { body: reviewWith({ object: pod, namespace }), parts: { ...source, logger, metrics } };
}

/** The text of the answer to a review; what the core throws, it throws. */
export function answerText(core: CoreWithFaults, { body, parts }: ReviewedPod, fault?: Fault): string {
  const answer = core.run(fault, () => core.answerBody(body, parts));
  if (answer === undefined) throw new Error('there is no answer');
  if ('refusal' in answer) throw new Error(`refused: ${answer.refusal.error}`);
  return answer.text;
}

/** How often each function was called while the review was answered: spot and calls, of those that were. */
export function reachedSpots(core: CoreWithFaults): (readonly [spot: number, calls: number])[] {
  return [...core.calls.entries()].filter(([, calls]) => calls > 0);
}

const RECORD = /^src\/webhook\/record\.ts:/;

/**
 * What is wrong with the answer to a review under a fault; `undefined` if all is well. `sound` is the answer without a fault.
 */
export function mistakeUnderFault(
  core: CoreWithFaults,
  review: ReviewedPod,
  fault: Fault,
  sound: string,
): string | undefined {
  const place = placeOf(core, fault);
  const answered = tryAnswer(core, review, fault);
  if ('failure' in answered) return `${place}: no answer, but ${answered.failure}`;
  // What cannot be written down holds all the same.
  const isRecord = RECORD.test(core.functions[fault.spot] ?? '');
  const isRight = answered.text === (isRecord ? sound : ADMITTED);
  return isRight ? undefined : `${place}: the answer is ${answered.text}`;
}

/** What a fault has left behind: the same review, now without it, must be answered as before. */
export function mistakeAfterFault(
  core: CoreWithFaults,
  review: ReviewedPod,
  fault: Fault,
  sound: string,
): string | undefined {
  const next = tryAnswer(core, review);
  return 'text' in next && next.text === sound
    ? undefined
    : `${placeOf(core, fault)}: the next review is answered otherwise`;
}

function placeOf(core: CoreWithFaults, { spot, call, lasting }: Fault): string {
  return `${core.functions[spot]}, call ${call}${lasting ? ' and all later ones' : ''}`;
}

function tryAnswer(core: CoreWithFaults, review: ReviewedPod, fault?: Fault): { text: string } | { failure: string } {
  try {
    return { text: answerText(core, review, fault) };
  } catch (error) {
    return { failure: error instanceof Error && fault === undefined ? error.message : `a ${typeof error} was thrown` };
  }
}

/** Exactly: nothing else may be in it. */
const ADMITTED = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: {
    uid: UID,
    allowed: true,
    auditAnnotations: { reason: 'InternalError' },
    warnings: ['tracehook: InternalError: Tracehook failed; the Pod is admitted as it is'],
  },
});
