import {
  type Injection,
  type Note,
  patchOf,
  planInjection,
  type PodReason,
  type Skip,
  SKIP_REASONS,
} from '../inject/index.ts';
import type { Configuration, Mode } from '../settings/index.ts';
import { readSubject, type Review, type Subject } from './review.ts';
import { formatWarnings } from './warnings.ts';

export type Outcome = 'injected' | 'unchanged' | 'skipped' | 'failed';

/** What becomes of one review: all that the answer, the log line and the counter are made of. */
export interface Decision {
  readonly outcome: Outcome;
  readonly reason: PodReason;
  /** In the form in which they are sent. */
  readonly warnings: readonly string[];
  /** Base64 of a JSON Patch; absent if there is nothing to change. */
  readonly patch?: string;
  readonly mode?: Mode;
  readonly notes: readonly Note['reason'][];
  /** Names of the containers that are injected. */
  readonly containers: readonly string[];
  readonly pod?: PodName;
  /** What was thrown, if it failed. */
  readonly error?: unknown;
}

/** What a Pod is called. Nothing else of it stays in a decision, which may be remembered. */
export interface PodName {
  readonly namespace: string;
  readonly name?: string;
  readonly generateName?: string;
}

export interface DecisionSource {
  /** What the API server has filtered by, as the path says; wins over what the configuration knows of the namespace. */
  readonly optIn: 'enabled' | 'all';
  readonly configuration: () => Configuration;
}

/** Made once, at the start: a failure is answered even if what makes warnings is what fails. */
export const FAILURE_WARNINGS: readonly string[] = formatWarnings([
  { reason: 'InternalError', message: SKIP_REASONS.InternalError },
]);

/** Decides on one review. Never throws: a Pod is admitted as it is if anything here fails. */
export function decide(review: Review, source: DecisionSource): Decision {
  try {
    const read = readSubject(review);
    return 'skip' in read ? skipped(read.skip) : decideOnPod(read.subject, source);
  } catch (error) {
    return {
      outcome: 'failed',
      reason: 'InternalError',
      warnings: FAILURE_WARNINGS,
      notes: [],
      containers: [],
      error,
    };
  }
}

function decideOnPod(subject: Subject, { optIn, configuration }: DecisionSource): Decision {
  const { settings, configMapKeys } = configuration().forNamespace(subject.namespace);
  const plan = planInjection({ ...subject, optIn, settings, configMapKeys });
  return plan.outcome === 'skipped' ? skipped(plan, subject) : injected(plan, subject);
}

function skipped(skip: Skip, subject?: Subject): Decision {
  const warnings = skip.warn ? formatWarnings([skip]) : [];
  const about = subject === undefined ? {} : { pod: nameOf(subject) };
  return { outcome: 'skipped', reason: skip.reason, warnings, notes: [], containers: [], ...about };
}

function nameOf({ namespace, pod: { metadata } }: Subject): PodName {
  const { name, generateName } = metadata;
  // A Pod that has a name may have a beginning for one as well, which then means nothing.
  if (name) return { namespace, name };
  return generateName ? { namespace, generateName } : { namespace };
}

function injected(plan: Injection, subject: Subject): Decision {
  const operations = patchOf(subject.pod, plan);
  const patch = operations.length === 0 ? {} : { patch: Buffer.from(JSON.stringify(operations)).toString('base64') };
  return {
    outcome: plan.outcome,
    reason: plan.reason,
    warnings: formatWarnings(plan.notes),
    mode: plan.mode,
    notes: [...new Set(plan.notes.map(({ reason }) => reason))],
    containers: plan.containers.map(({ name }) => name),
    pod: nameOf(subject),
    ...patch,
  };
}
