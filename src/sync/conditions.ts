import { formatProblem, type Problem } from '../problem.ts';
import type { Change, LeftAlone, Observed, SyncPlan } from './changes.ts';
import type { Desired } from './objects.ts';

/** A condition of Kubernetes' form, in the status of a TracingConfig. */
export interface Condition {
  /** Ready: Pods can be injected as the document says. Synced: the three objects are as they should be. Conflict: with others. */
  readonly type: 'Ready' | 'Synced' | 'Conflict';
  readonly status: 'True' | 'False';
  /** One word. */
  readonly reason: string;
  /** A sentence, at most 4096 characters. */
  readonly message: string;
  /** Since when `status` is what it is. */
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** What came of a namespace. */
export interface Synced {
  readonly namespace: Observed['namespace'];
  readonly desired: Desired;
  readonly plan: SyncPlan;
  /** Those of the plan's changes that failed, with what the API server said. */
  readonly refused: readonly { readonly change: Change; readonly message: string }[];
  /** Mistakes for which the document is not in force; the last good settings are. */
  readonly problems: readonly Problem[];
  /** Services for which another namespace says something else. */
  readonly disputed: readonly string[];
  /** metadata.generation of the document that this is about. */
  readonly generation?: number;
}

/**
 * The conditions, always all three and in the same order. `now` (RFC 3339) is the time of those whose status was another in
 * `previous`, or not there: where nothing has changed the result equals `previous`, and nothing has to be written.
 */
export function conditionsFor(synced: Synced, previous: readonly Condition[], now: string): readonly Condition[] {
  const verdicts = { Ready: ready(synced), Synced: inStep(synced), Conflict: conflicts(synced) };
  return timed(verdicts, previous, now, synced.generation);
}

/** Verdicts as conditions, each with the time since when its status is what it is. */
export function timed(
  verdicts: Readonly<Record<Condition['type'], Verdict>>,
  previous: readonly Condition[],
  now: string,
  generation: number | undefined,
): readonly Condition[] {
  return (['Ready', 'Synced', 'Conflict'] as const).map((type) => {
    const { holds, reason, message } = verdicts[type];
    const status = holds ? 'True' : 'False';
    const before = previous.find((condition) => condition.type === type);
    return {
      type,
      status,
      reason,
      message: cut(message),
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    };
  });
}

export interface Verdict {
  readonly holds: boolean;
  readonly reason: string;
  readonly message: string;
}

const no = (reason: string, message: string): Verdict => ({ holds: false, reason, message });
const yes = (reason: string, message: string): Verdict => ({ holds: true, reason, message });

function ready({ namespace, problems, desired }: Synced): Verdict {
  if (namespace.deleting) return deleted(namespace);
  if (problems.length > 0) {
    const mistakes = problems.map(formatProblem).join('; ');
    return no('InvalidConfiguration', `the last good settings stay in force: ${mistakes}`);
  }
  if (namespace.optIn === 'none') {
    const label = 'the label tracehook.io/injection, "enabled" or "all"';
    return no('NamespaceNotOptedIn', `namespace ${namespace.name} is not opted in: it needs ${label}`);
  }
  const { nothingInjected } = desired;
  if (nothingInjected !== undefined) return no(nothingInjected.reason, nothingInjected.message);
  return yes('InForce', 'new Pods are injected with these settings');
}

function inStep({ namespace, plan, refused }: Synced): Verdict {
  if (namespace.deleting) return deleted(namespace);
  if (refused.length > 0) {
    return no('WriteRefused', refused.map(({ change, message }) => `${attemptOf(change)}: ${message}`).join('; '));
  }
  const remade = plan.changes.filter(({ why }) => why === 'immutable');
  if (remade.length > 0) {
    const names = remade.map(({ reference }) => `${reference.kind} ${reference.name}`);
    return no('BeingReplaced', `${names.join(', ')} cannot be changed (immutable): removed, to be created anew`);
  }
  const [first] = plan.leftAlone;
  if (first !== undefined) return no(first.reason, sentences(plan.leftAlone));
  return namespace.optIn === 'none'
    ? yes('OptedOut', `namespace ${namespace.name} is not opted in, and has no objects of Tracehook`)
    : yes('InStep', 'the objects that Tracehook keeps are as the settings say');
}

function conflicts({ plan, disputed }: Synced): Verdict {
  const foreign = plan.leftAlone.filter(({ reason }) => reason === 'Conflict');
  const said = foreign.length === 0 ? [] : [sentences(foreign)];
  if (disputed.length > 0) {
    said.push(
      `another namespace has other strategies for ${disputed.join(', ')}: Jaeger's own strategies file has the cluster's there`,
    );
  }
  if (said.length === 0) return no('NoConflict', 'nothing of others stands in the way');
  return yes(foreign.length > 0 ? 'ForeignObject' : 'StrategiesDiffer', said.join('; '));
}

function deleted({ name }: Observed['namespace']): Verdict {
  return no('NamespaceDeleted', `namespace ${name} is being deleted`);
}

const ATTEMPTS = { create: 'creating', replace: 'correcting', remove: 'removing' } as const;

function attemptOf({ action, reference }: Change): string {
  return `${ATTEMPTS[action]} ${reference.kind} ${reference.name}`;
}

function sentences(leftAlone: readonly LeftAlone[]): string {
  return leftAlone.map(({ message }) => message).join('; ');
}

/** Enough for a person; the API allows 32,768. */
const LONGEST_MESSAGE = 4096;

function cut(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 1)}…` : message;
}
