import type { OptIn } from '../settings/index.ts';
import {
  type Content,
  type Desired,
  type DesiredObject,
  MARK,
  type ObjectKey,
  type ObjectReference,
  SYNCED_OBJECTS,
} from './objects.ts';
import type { ObservedObject, OthersMetadata } from './observed.ts';

/** One namespace as it was seen. It may be out of date: every write says what it was decided on. */
export interface Observed {
  readonly namespace: {
    readonly name: string;
    readonly optIn: OptIn;
    /** It has a deletionTimestamp. */
    readonly deleting: boolean;
  };
  /** Those of the three names under which something is, ours or not. */
  readonly objects: Readonly<Partial<Record<ObjectKey, ObservedObject>>>;
  /**
   * Whether a Pod of the namespace refers to them. Looked at only if the namespace has opted out; `undefined`: nobody has
   * looked yet, and then nothing is removed.
   */
  readonly podsRefer: boolean | undefined;
}

/** A write. It fails, with 409 or 404, if the object is not any more what was seen. */
export type Change =
  | {
      readonly action: 'create';
      readonly why: 'missing';
      readonly reference: ObjectReference;
      /** For a POST to the collection. */
      readonly body: ObjectBody;
    }
  | {
      readonly action: 'replace';
      readonly why: 'drifted';
      readonly reference: ObjectReference;
      /** For a PUT; has uid and resourceVersion. */
      readonly body: ObjectBody;
    }
  | {
      readonly action: 'remove';
      /** `immutable`: its content has to change and cannot; it is created anew when it is gone. */
      readonly why: 'optedOut' | 'immutable';
      readonly reference: ObjectReference;
      /** `DeleteOptions`, for a DELETE. */
      readonly body: {
        readonly apiVersion: 'v1';
        readonly kind: 'DeleteOptions';
        readonly preconditions: Version;
      };
    };

interface Version {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** An object as it is sent. */
export type ObjectBody = {
  readonly apiVersion: 'v1';
  readonly kind: 'ConfigMap' | 'Service';
  readonly metadata: OthersMetadata & Partial<Version> & { readonly name: string; readonly namespace: string };
} & Content;

/** One of the three that is not as it should be, and that nothing is done about now. */
export interface LeftAlone {
  readonly reference: ObjectReference;
  /**
   * `Conflict`: somebody else made it. `BeingDeleted`: it has to be gone first. `InUse`: Pods refer to it though the namespace
   * has opted out. `PodsUnknown`: whether they do is not known yet.
   */
  readonly reason: 'Conflict' | 'BeingDeleted' | 'InUse' | 'PodsUnknown';
  /** A sentence for a person. */
  readonly message: string;
}

/** All that is to be done for a namespace, and what is to be said about it. */
export interface SyncPlan {
  /** At most one for each object; independent of each other. Empty in steady state. */
  readonly changes: readonly Change[];
  readonly leftAlone: readonly LeftAlone[];
}

/** What has to be written so that the namespace has what it should. Pure: the same two give the same plan. */
export function changesFor(observed: Observed, desired: Desired): SyncPlan {
  const { deleting, optIn } = observed.namespace;
  // The namespace controller removes all that is in it, and the API server refuses what is new.
  if (deleting) return { changes: [], leftAlone: [] };
  if (optIn === 'none') return split(Object.values(SYNCED_OBJECTS).map((reference) => withdraw(reference, observed)));
  return split(desired.objects.map((object) => keep(object, observed)));
}

/** What one object needs: a write, a word, or nothing. */
type Step = Change | LeftAlone | undefined;

function split(steps: readonly Step[]): SyncPlan {
  const changes: Change[] = [];
  const leftAlone: LeftAlone[] = [];
  for (const step of steps) {
    if (step === undefined) continue;
    if ('action' in step) changes.push(step);
    else leftAlone.push(step);
  }
  return { changes, leftAlone };
}

/** An object of an opted-in namespace: as it should be, or nobody else's. */
function keep(desired: DesiredObject, { namespace, objects }: Observed): Step {
  const { reference, content } = desired;
  const found = objects[reference.key];
  if (found === undefined) {
    const body = bodyOf(reference, namespace.name, content, {});
    return { action: 'create', why: 'missing', reference, body };
  }
  if (found.deleting) {
    const message = `${titleOf(reference)} is being deleted and waits for a finalizer; it is created anew when it is gone`;
    return { reference, reason: 'BeingDeleted', message };
  }
  if (!found.ours) return conflict(reference);
  if (found.fingerprint === desired.fingerprint) return undefined;
  if (found.immutable) return remove(reference, found, 'immutable');
  const body = bodyOf(reference, namespace.name, content, found.others, found);
  return { action: 'replace', why: 'drifted', reference, body };
}

/** An object of a namespace that has opted out: gone, unless somebody uses it. What others made is nothing to us. */
function withdraw(reference: ObjectReference, { objects, podsRefer, namespace }: Observed): Step {
  const found = objects[reference.key];
  if (found === undefined || !found.ours || found.deleting) return undefined;
  if (podsRefer === false) return remove(reference, found, 'optedOut');
  const out = `namespace ${namespace.name} has opted out, and ${titleOf(reference)} is kept`;
  return podsRefer === true
    ? { reference, reason: 'InUse', message: `${out} as it is, since Pods refer to it` }
    : { reference, reason: 'PodsUnknown', message: `${out} until it is known whether Pods refer to it` };
}

function conflict(reference: ObjectReference): LeftAlone {
  const labels = Object.entries(MARK).map(([label, value]) => `${label}=${value}`);
  return {
    reference,
    reason: 'Conflict',
    message: `${titleOf(reference)} was not made by Tracehook and is left alone: delete or rename it, or give it the labels ${labels.join(' and ')} to hand it over`,
  };
}

function remove(reference: ObjectReference, found: ObservedObject, why: 'optedOut' | 'immutable'): Change {
  const preconditions = versionOf(found);
  return {
    action: 'remove',
    why,
    reference,
    body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions },
  };
}

/** Our content, our mark, and of the metadata what is not ours as it is. */
function bodyOf(
  { kind, name }: ObjectReference,
  namespace: string,
  content: Content,
  others: OthersMetadata,
  found?: Version,
): ObjectBody {
  const version = found === undefined ? {} : versionOf(found);
  const labels = { ...others.labels, ...MARK };
  return { apiVersion: 'v1', kind, metadata: { ...others, name, namespace, ...version, labels }, ...content };
}

function versionOf({ uid, resourceVersion }: Version): Version {
  return { uid, resourceVersion };
}

function titleOf({ kind, name }: ObjectReference): string {
  return `${kind} ${name}`;
}
