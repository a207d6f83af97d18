import type { Pod } from './pod.ts';

/** What made a Pod: kinds and names, from the Pod outwards (a ReplicaSet's, then its Deployment's). Empty for a bare Pod. */
export type Workload = readonly WorkloadOwner[];

export interface WorkloadOwner {
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** Kinds that the semantic conventions have attributes for, the outermost first, as they lend their name to the service. */
export const WORKLOAD_KINDS = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job'] as const;
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/**
 * The workload of a Pod, from its controller's owner reference alone, without a look-up.
 *
 * A ReplicaSet's name is its Deployment's and the `pod-template-hash`. A Job's is its CronJob's and the scheduled time in
 * minutes since 1970: a heuristic, since a Job can be given such a name by hand.
 */
export function workloadOf(pod: Pod): Workload {
  const owner = (pod.metadata.ownerReferences ?? []).find((reference) => reference.controller === true);
  if (owner === undefined || !isWorkloadKind(owner.kind)) return [];
  const self = { kind: owner.kind, name: owner.name };
  if (owner.kind === 'ReplicaSet') {
    const deployment = withoutSuffix(owner.name, pod.metadata.labels?.['pod-template-hash']);
    return deployment === undefined ? [self] : [self, { kind: 'Deployment', name: deployment }];
  }
  if (owner.kind === 'Job') {
    const cronJob = cronJobOf(owner.name);
    return cronJob === undefined ? [self] : [self, { kind: 'CronJob', name: cronJob }];
  }
  return [self];
}

export function isWorkloadKind(kind: string): kind is WorkloadKind {
  return (WORKLOAD_KINDS as readonly string[]).includes(kind);
}

function withoutSuffix(name: string, hash: string | undefined): string | undefined {
  return hash !== undefined && hash !== '' && name.length > hash.length + 1 && name.endsWith(`-${hash}`)
    ? name.slice(0, -hash.length - 1)
    : undefined;
}

/** 2017-07-14 in minutes since 1970: no scheduled time is before it, and every date written YYYYMMDD is. */
const EARLIEST_SCHEDULE = 25_000_000;

function cronJobOf(job: string): string | undefined {
  const match = /^(.+)-(\d{8})$/.exec(job);
  return match !== null && Number(match[2]) >= EARLIEST_SCHEDULE ? match[1] : undefined;
}
