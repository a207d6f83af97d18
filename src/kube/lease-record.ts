import { isRecord } from '../record.ts';
import { type Precondition, revisionOf } from './write.ts';

/** A Lease as it was read. Every field of it may be missing or nonsense: others can write to it. */
export interface LeaseRecord {
  readonly revision: Precondition;
  /** Empty where nobody holds it. */
  readonly holder: string;
  /** As the holder says; 0 where it says nothing. */
  readonly durationMs: number;
  readonly transitions: number;
  /** As it stood, to be sent back. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly acquireTime: string | undefined;
  /** The spec as a text: the holder lives as long as this changes. */
  readonly spec: string;
}

/** @throws KubeError BadAnswer if it is no object at all. */
export function readLease(object: unknown): LeaseRecord {
  const spec = isRecord(object) && isRecord(object['spec']) ? object['spec'] : {};
  const metadata = isRecord(object) && isRecord(object['metadata']) ? object['metadata'] : {};
  const { holderIdentity: holder, leaseDurationSeconds, leaseTransitions, acquireTime } = spec;
  return {
    revision: revisionOf(object),
    holder: typeof holder === 'string' ? holder : '',
    durationMs: whole(leaseDurationSeconds) * 1000,
    transitions: whole(leaseTransitions),
    metadata,
    acquireTime: typeof acquireTime === 'string' ? acquireTime : undefined,
    spec: JSON.stringify(spec),
  };
}

function whole(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

/** What a Lease's transitions may come to: an int32. Somebody who wrote the greatest one must not stop us. */
const MOST_TRANSITIONS = 2 ** 31 - 1;

export interface LeaseSpec {
  readonly holderIdentity: string;
  readonly leaseDurationSeconds: number;
  readonly leaseTransitions: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
}

/**
 * The spec with which `identity` takes or renews a Lease. The times are for people who look: nobody decides by them.
 *
 * @param now ISO 8601.
 */
export function heldBy(identity: string, durationMs: number, now: string, before: LeaseRecord | undefined): LeaseSpec {
  const isMine = before?.holder === identity;
  const transitions = before === undefined ? 0 : before.transitions + (isMine ? 0 : 1);
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.max(1, Math.round(durationMs / 1000)),
    leaseTransitions: Math.min(transitions, MOST_TRANSITIONS),
    acquireTime: isMine && before?.acquireTime !== undefined ? before.acquireTime : micro(now),
    renewTime: micro(now),
  };
}

/** The spec of a Lease that is given up: whoever looks next may have it. */
export function heldByNobody(before: LeaseRecord, now: string): LeaseSpec {
  return {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    leaseTransitions: before.transitions,
    acquireTime: micro(now),
    renewTime: micro(now),
  };
}

/** The API's MicroTime, which wants six digits. */
function micro(iso: string): string {
  return iso.replace(/\.(\d{3})Z$/, '.$1000Z');
}
