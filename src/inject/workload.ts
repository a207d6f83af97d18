import type { Pod } from './pod.ts';

/** What made a Pod: kinds and names, from the Pod outwards (a ReplicaSet's, then its Deployment's). Empty for a bare Pod. */
export type Workload = readonly WorkloadOwner[];

export interface WorkloadOwner {
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** Kinds that the semantic conventions have attributes for, the outermost first, as they lend their name to the service. */
export const WORKLOAD_KINDS = [
  'Deployment',
  'Rollout',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'Job',
] as const;
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/**
 * The workload of a Pod, from its controller's owner reference alone, without a look-up.
 *
 * A ReplicaSet's name is its Deployment's and the `pod-template-hash`, or an Argo Rollout's and a hash of its own. A Job's is its CronJob's and the scheduled time in
 * minutes since 1970: a heuristic, since a Job can be given such a name by hand.
 */
export function workloadOf(pod: Pod): Workload {
  const owner = (pod.metadata.ownerReferences ?? []).find((reference) => reference.controller === true);
  if (owner === undefined || !isWorkloadKind(owner.kind) || !isOfKubernetes(owner.apiVersion)) return [];
  const self = { kind: owner.kind, name: owner.name };
  if (owner.kind === 'ReplicaSet') {
    const deployment = withoutSuffix(owner.name, pod.metadata.labels?.['pod-template-hash']);
    if (deployment !== undefined) return [self, { kind: 'Deployment', name: deployment }];
    const rollout = withoutSuffix(owner.name, pod.metadata.labels?.['rollouts-pod-template-hash']);
    return rollout === undefined ? [self] : [self, { kind: 'Rollout', name: rollout }];
  }
  if (owner.kind === 'Job') {
    const cronJob = cronJobOf(owner.name);
    return cronJob === undefined ? [self] : [self, { kind: 'CronJob', name: cronJob }];
  }
  return [self];
}

/** Other groups have kinds of the same names (a Job of Volcano's). A template's own workload has no reference. */
function isOfKubernetes(apiVersion: string | null | undefined): boolean {
  return /^(apps|batch|extensions)\//.test(apiVersion ?? 'apps/v1');
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
