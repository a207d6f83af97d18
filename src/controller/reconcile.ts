import type { ClusterConfiguration } from '../cluster-config/index.ts';
import type { KubeTransport } from '../kube/index.ts';
import { samplingHost } from '../sampling/index.ts';
import {
  changesFor,
  type Desired,
  desiredObjects,
  type Observed,
  SYNCED_OBJECTS,
  type SyncPlan,
} from '../sync/index.ts';
import type { OwnedObjects } from './owned-objects.ts';
import { anyPodRefers } from './pods.ts';
import { type Refused, writeChanges, type WriteParts } from './write-changes.ts';

export interface ReconcileParts extends Omit<WriteParts, 'objects'> {
  readonly transport: KubeTransport;
  readonly configuration: ClusterConfiguration;
  readonly objects: OwnedObjects;
  /** Host name of the sampling server. */
  readonly samplingTarget: string;
}

/** What came of a namespace. */
export interface Reconciled {
  /** As it was seen; `undefined` if there is no such namespace. */
  readonly observed: Observed | undefined;
  /** As it should be. */
  readonly desired: Desired;
  readonly plan: SyncPlan;
  readonly refused: readonly Refused[];
}

/** How often what is there may turn out to be something else, in one go: after that it is tried again later. */
const MOST_ROUNDS = 3;
const NOTHING: SyncPlan = { changes: [], leftAlone: [] };
const CONFIG_MAPS: ReadonlySet<string> = new Set(
  Object.values(SYNCED_OBJECTS)
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ name }) => name),
);

/**
 * Brings one namespace in order: what is, what should be, and the writes between. Level-triggered: it asks for nothing but the
 * namespace's name.
 */
export async function reconcileNamespace(namespace: string, parts: ReconcileParts): Promise<Reconciled> {
  for (let round = 1; ; round++) {
    const observed = await observe(namespace, parts);
    const { settings } = parts.configuration.current().forNamespace(namespace);
    const desired = desiredObjects({ namespace, settings, samplingTarget: parts.samplingTarget });
    if (observed === undefined) return { observed, desired, plan: NOTHING, refused: [] };
    const plan = changesFor(observed, desired);
    if (plan.changes.length === 0) return { observed, desired, plan, refused: [] };
    const { refused, again } = await writeChanges(namespace, plan.changes, parts);
    if (!again || refused.length > 0) return { observed, desired, plan, refused };
    if (round === MOST_ROUNDS) throw new Error(`the objects of namespace ${namespace} change too fast to be kept`);
  }
}

async function observe(namespace: string, parts: ReconcileParts): Promise<Observed | undefined> {
  const { configuration, objects, transport } = parts;
  const found = configuration.namespaces.get(namespace);
  if (found === undefined) return undefined;
  const { optIn, deleting } = found;
  const owned = objects.of(namespace);
  const isLeaving = optIn === 'none' && !deleting && Object.values(owned).some(({ ours }) => ours);
  return {
    namespace: { name: namespace, optIn, deleting },
    objects: owned,
    podsRefer: isLeaving
      ? await anyPodRefers(transport, namespace, { configMaps: CONFIG_MAPS, host: samplingHost(namespace) })
      : undefined,
  };
}
