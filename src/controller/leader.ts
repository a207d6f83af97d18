import type { ClusterConfiguration } from '../cluster-config/index.ts';
import { isFailure } from '../kube/index.ts';
import { clusterStrategies } from '../sampling-server/index.ts';
import { INJECTION_LABEL } from '../settings/index.ts';
import { clusterConditionsFor, conditionsFor, type LeftAlone } from '../sync/index.ts';
import type { Drift } from './drift/index.ts';
import type { Events } from './events.ts';
import type { ControllerMetrics, NamespaceState } from './metrics.ts';
import type { NamespaceStates } from './namespaces.ts';
import type { Queue } from './queue.ts';
import { reconcileNamespace, type Reconciled, type ReconcileParts } from './reconcile.ts';
import type { StatusWriter } from './status.ts';

/** The cluster as a whole, in the queue; no namespace has such a name. */
const CLUSTER = '(cluster)';
/** States of many namespaces change together: they are told together. */
const CLUSTER_PAUSE_MS = 2_000;
/** What nobody tells of: whether the last Pod has gone that refers to one of our objects. */
const LOOK_AGAIN_MS = 60_000;

export interface LeaderParts extends Omit<ReconcileParts, 'countWrite'> {
  readonly queue: Queue;
  readonly states: NamespaceStates;
  readonly status: StatusWriter;
  readonly events: Events;
  readonly metrics: ControllerMetrics;
  readonly drift: Pick<Drift, 'begin' | 'countsOf' | 'total'>;
}

/** What the replica that leads does; on the others, nothing. */
export interface Leader {
  /** A time of leading begins. */
  readonly begin: () => void;
  /** Everything is to be looked at. */
  readonly addAll: () => void;
  /** The cluster as a whole is to be looked at, in a moment. */
  readonly lookAtCluster: () => void;
  /** The counts of these namespaces' Pods, and of the cluster's, have changed. */
  readonly podsCounted: (namespaces: Iterable<string>) => void;
  /** Brings one key of the queue in order. Throws what is to be tried again. */
  readonly process: (key: string) => Promise<void>;
  readonly stop: () => void;
}

export function createLeader(parts: LeaderParts): Leader {
  const { configuration, objects, queue, states, status, events, metrics, drift, mayWrite } = parts;
  /** Services of each namespace for which another namespace says something else. */
  let disputed: ReadonlyMap<string, readonly string[]> = new Map();
  let clusterTimer: NodeJS.Timeout | undefined;

  function lookAtCluster(): void {
    clusterTimer ??= setTimeout(() => {
      clusterTimer = undefined;
      queue.add(CLUSTER, 'urgent');
    }, CLUSTER_PAUSE_MS);
  }

  async function processNamespace(namespace: string): Promise<void> {
    const begin = performance.now();
    let result: 'done' | 'failed' = 'failed';
    try {
      const reconciled = await reconcileNamespace(namespace, { ...parts, countWrite: metrics.countWrite });
      // Who is no leader any more has nothing to say.
      if (!mayWrite()) return;
      if (states.set(namespace, stateOf(namespace, reconciled, configuration))) lookAtCluster();
      tell(namespace, reconciled);
      await writeStatus(namespace, reconciled);
      const [refused] = reconciled.refused;
      if (refused !== undefined) throw refused.error;
      if (reconciled.plan.leftAlone.some(({ reason }) => reason === 'InUse')) queue.addAfter(namespace, LOOK_AGAIN_MS);
      result = 'done';
    } catch (error) {
      if (isFailure(error, 'Withheld', 'Aborted')) return;
      if (states.set(namespace, failedState(namespace, configuration))) lookAtCluster();
      throw error;
    } finally {
      metrics.countReconcile(result, (performance.now() - begin) / 1_000);
    }
  }

  async function writeStatus(namespace: string, { observed, desired, plan, refused }: Reconciled): Promise<void> {
    const owner = configuration.configOf(namespace);
    if (owner === undefined || observed === undefined) {
      status.forget({ kind: 'TracingConfig', namespace, name: 'default' });
      return;
    }
    const problems = configuration
      .problemsOf(namespace)
      .map(({ message }) => ({ where: `TracingConfig ${namespace}/default`, message }));
    const synced = {
      namespace: observed.namespace,
      desired,
      plan,
      refused,
      problems,
      disputed: disputed.get(namespace) ?? [],
      generation: owner.generation,
    };
    await status.write(
      owner,
      (before, now) => conditionsFor(synced, before, now),
      workloads(drift.countsOf(namespace)),
    );
  }

  function tell(namespace: string, { plan }: Reconciled): void {
    const found = configuration.namespaces.get(namespace);
    if (found === undefined) return;
    const about = { apiVersion: 'v1', kind: 'Namespace', name: namespace, uid: found.uid };
    if (found.unknownLabel !== undefined) {
      const message = `the label ${INJECTION_LABEL} must be "enabled" or "all", is "${found.unknownLabel}": no Pod of this namespace is injected`;
      events.tell(about, { type: 'Warning', reason: 'UnknownLabelValue', message });
    }
    for (const { reason, message } of plan.leftAlone.filter(isConflict)) {
      events.tell(about, { type: 'Warning', reason, message: `namespace ${namespace}: ${message}` });
    }
    for (const { reason, message, ...config } of configuration.problemsOf(namespace)) {
      const { kind, name, uid } = config;
      const subject = { apiVersion: 'tracehook.io/v1alpha1', kind, name, namespace, uid };
      events.tell(subject, { type: 'Warning', reason: `Configuration${reason}`, message });
    }
  }

  async function processCluster(): Promise<void> {
    settleDisputes();
    const owner = configuration.configOf(undefined);
    if (owner === undefined) return status.forget({ kind: 'ClusterTracingConfig', name: 'default' });
    const { synced, conflicting, failing, misconfigured, pending } = states.counts();
    const optedIn = synced + conflicting + failing + misconfigured + pending;
    const namespaces = { optedIn, synced, conflicting, failing, misconfigured };
    const problems = configuration
      .problemsOf(undefined)
      .map(({ message }) => ({ where: 'ClusterTracingConfig default', message }));
    const told = {
      namespaces,
      problems,
      disputed: [...new Set([...disputed.values()].flat())],
      generation: owner.generation,
    };
    await status.write(owner, (before, now) => clusterConditionsFor(told, before, now), {
      namespaces,
      ...workloads(drift.total()),
    });
  }

  /** Finds the services that namespaces dispute; whoever has a new dispute, or one less, is looked at again. */
  function settleDisputes(): void {
    const found = new Map<string, string[]>();
    for (const { service, claimants } of clusterStrategies(configuration.current()).conflicts) {
      for (const claimant of claimants) {
        if (claimant !== undefined) found.set(claimant, [...(found.get(claimant) ?? []), service]);
      }
    }
    const before = disputed;
    disputed = found;
    for (const namespace of new Set([...before.keys(), ...found.keys()])) {
      if (before.get(namespace)?.join() !== found.get(namespace)?.join()) queue.add(namespace, 'bulk');
    }
  }

  function addAll(): void {
    if (!mayWrite()) return;
    for (const namespace of objects.namespaces()) queue.add(namespace, 'bulk');
    for (const [namespace, { optIn, unknownLabel }] of configuration.namespaces) {
      const isConfigured = configuration.configOf(namespace) !== undefined;
      if (optIn !== 'none' || unknownLabel !== undefined || isConfigured) queue.add(namespace, 'bulk');
    }
    lookAtCluster();
  }

  return {
    begin() {
      states.clear();
      status.reset();
      drift.begin();
      addAll();
    },
    addAll,
    lookAtCluster,
    podsCounted(namespaces) {
      for (const namespace of namespaces) {
        if (configuration.configOf(namespace) !== undefined) queue.add(namespace, 'bulk');
      }
      lookAtCluster();
    },
    async process(key) {
      if (!mayWrite()) return;
      await (key === CLUSTER ? processCluster() : processNamespace(key));
    },
    stop: () => clearTimeout(clusterTimer),
  };
}

/** Unknown counts leave those that are there. */
function workloads(counts: ReturnType<Drift['total']>): { readonly workloads?: object } {
  return counts === undefined ? {} : { workloads: counts };
}

function isConflict({ reason }: LeftAlone): boolean {
  return reason === 'Conflict';
}

function stateOf(
  namespace: string,
  { observed, plan, refused }: Reconciled,
  configuration: ClusterConfiguration,
): NamespaceState | undefined {
  if (observed === undefined || observed.namespace.deleting || observed.namespace.optIn === 'none') return undefined;
  if (refused.length > 0) return 'failing';
  if (configuration.problemsOf(namespace).some(({ reason }) => reason === 'Invalid')) return 'misconfigured';
  if (plan.leftAlone.some(isConflict)) return 'conflicting';
  return plan.leftAlone.length > 0 ? 'pending' : 'synced';
}

function failedState(namespace: string, configuration: ClusterConfiguration): NamespaceState | undefined {
  const found = configuration.namespaces.get(namespace);
  return found === undefined || found.deleting || found.optIn === 'none' ? undefined : 'failing';
}
