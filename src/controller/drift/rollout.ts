import { at } from './workloads.ts';

/**
 * How the rollout of a Deployment, StatefulSet or DaemonSet stands.
 *
 * - `healthy`: every Pod is of the newest template, and available.
 * - `progressing`: not yet.
 * - `held`: its owner has said that Pods are not to be replaced by themselves, or not all.
 */
export type Rollout = 'healthy' | 'progressing' | 'held';

/** Reads the object as the API server sends it; what is missing is taken as the API server's default. */
export function rolloutOf(kind: string, object: unknown): Rollout {
  if (isHeld(kind, object)) return 'held';
  const generation = numberAt(object, 'metadata', 'generation');
  if (numberAt(object, 'status', 'observedGeneration') < generation) return 'progressing';
  return isComplete(kind, object) ? 'healthy' : 'progressing';
}

function isHeld(kind: string, object: unknown): boolean {
  if (kind === 'Deployment') return at(object, 'spec', 'paused') === true;
  const strategy = at(object, 'spec', 'updateStrategy');
  if (at(strategy, 'type') === 'OnDelete') return true;
  // Those below the partition keep the old template.
  return kind === 'StatefulSet' && numberAt(strategy, 'rollingUpdate', 'partition') > 0;
}

function isComplete(kind: string, object: unknown): boolean {
  const status = (field: string): number => numberAt(object, 'status', field);
  if (kind === 'DaemonSet') {
    const wanted = status('desiredNumberScheduled');
    return status('updatedNumberScheduled') >= wanted && status('numberAvailable') >= wanted;
  }
  const replicas = at(object, 'spec', 'replicas');
  const wanted = typeof replicas === 'number' ? replicas : 1;
  if (status('updatedReplicas') < wanted || status('availableReplicas') < wanted) return false;
  // Old Pods that are still there.
  if (status('replicas') > status('updatedReplicas')) return false;
  return kind !== 'StatefulSet' || at(object, 'status', 'currentRevision') === at(object, 'status', 'updateRevision');
}

function numberAt(object: unknown, ...path: readonly string[]): number {
  const value = at(object, ...path);
  return typeof value === 'number' ? value : 0;
}
