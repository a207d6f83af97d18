import type { ClusterConfiguration, ConfigurationChange } from '../../cluster-config/index.ts';
import { type KubeLogger, type KubeTransport, type WatchTiming } from '../../kube/index.ts';
import { isRecord } from '../../record.ts';
import type { Events } from '../events.ts';
import { createQueue } from '../queue.ts';
import { createBatch } from './batches.ts';
import { createCountsBook, NO_PODS, type PodCounts } from './counts.ts';
import { type Circumstances, holds, judgeByMetadata, judgePod, type Verdict } from './judge.ts';
import { describeGroup, type PodGroup } from './pod-groups.ts';
import { type Candidate, createRestarts, type RestartOptions } from './restarts.ts';
import { describeDrift } from './sentences.ts';
import { watchPods } from './watch-pods.ts';
import { at, findWorkload, getOrNothing } from './workloads.ts';

export interface DriftOptions {
  /** Namespaces whose Pods the webhook never sees, whatever their labels say. */
  readonly excluded: ReadonlySet<string>;
  /** Absent: nothing is restarted. */
  readonly restarts?: RestartOptions;
  readonly timing?: Partial<DriftTiming>;
}

export interface DriftTiming {
  /** How long other changes of a namespace's Pods are waited for before it is looked at. */
  readonly lookMs: number;
  /** How long other changes of counts are waited for before they are told. */
  readonly countsMs: number;
}

const TIMING: DriftTiming = { lookMs: 1_000, countsMs: 5_000 };
/** Namespaces at a time, each with one call at a time: two of the four connections at most, and only if nobody else waits. */
const CONCURRENCY = 2;
/** How long what is more urgent goes first, at most, for each call. */
const MOST_PATIENCE_MS = 30_000;
const PATIENCE_STEP_MS = 100;
/** Pods of a group that are tried, where one after the other has gone. */
const MOST_TRIES = 3;
const AGAIN_MS = 5_000;

export interface DriftParts extends DriftOptions {
  readonly transport: KubeTransport;
  readonly logger: KubeLogger;
  readonly watchTiming?: Partial<WatchTiming>;
  readonly configuration: ClusterConfiguration;
  readonly mayWrite: () => boolean;
  /** Others wait for the connections. */
  readonly isBusy: () => boolean;
  readonly tell: Events['tell'];
  /** The counts of these have changed, and of the cluster. */
  readonly onCounts: (namespaces: ReadonlySet<string>) => void;
}

/** Which running Pods are not as a new one would be. Every replica watches; the one that leads asks, counts and tells. */
export interface Drift {
  /** A time of leading begins; everything has been read but, perhaps, the Pods. */
  readonly begin: () => void;
  /** It is over. */
  readonly end: () => void;
  readonly follow: (change: ConfigurationChange) => void;
  /** `undefined` as long as it has not been looked at. */
  readonly countsOf: (namespace: string) => PodCounts | undefined;
  /** Of all namespaces; `undefined` as long as one of them has not been looked at. */
  readonly total: () => PodCounts | undefined;
  readonly stop: () => Promise<void>;
}

export function watchDrift(parts: DriftParts): Drift {
  const { transport, logger, configuration, mayWrite, tell, excluded } = parts;
  const timing = { ...TIMING, ...parts.timing };
  const counts = createCountsBook();
  /** Not looked at yet in this time of leading; absent: there is none. */
  let unlooked: Set<string> | undefined;
  let stopped = false;
  const queue = createQueue({
    concurrency: CONCURRENCY,
    process: look,
    onFailure: (namespace, error, retryInMs) =>
      logger.info(
        { namespace, error: messageOf(error), retryInMs: Math.round(retryInMs) },
        'the Pods of a namespace could not be looked at, and are tried again',
      ),
  });
  const soon = createBatch(timing.lookMs, (names) => names.forEach((namespace) => queue.add(namespace, 'bulk')));
  const changed = createBatch(timing.countsMs, parts.onCounts);
  const pods = watchPods({
    transport,
    logger,
    ...(parts.watchTiming === undefined ? {} : { timing: parts.watchTiming }),
    onChange(namespace) {
      if (unlooked === undefined) return;
      if (optInOf(namespace) !== 'none' || counts.of(namespace) !== undefined) soon.add(namespace);
    },
    onSync: () => void (unlooked !== undefined && begin()),
  });
  const restarts =
    parts.restarts === undefined
      ? undefined
      : createRestarts({ ...parts.restarts, transport, logger, mayWrite, tell, candidates });

  function optInOf(namespace: string): Circumstances['optIn'] {
    const found = configuration.namespaces.get(namespace);
    return found === undefined || found.deleting || excluded.has(namespace) ? 'none' : found.optIn;
  }
  function circumstancesOf(namespace: string): Circumstances {
    const { settings, configMapKeys } = configuration.current().forNamespace(namespace);
    return { optIn: optInOf(namespace), settings, configMapKeys };
  }

  /** Level-triggered: whatever has changed, every group of the namespace has a verdict that holds afterwards. */
  async function look(namespace: string): Promise<void> {
    if (!mayWrite() || unlooked === undefined) return;
    let isWhole = true;
    for (const group of pods.of(namespace)) {
      if (group.pods.size === 0) continue;
      const verdict = await judge(group);
      if (verdict === undefined) isWhole = false;
      else await announce(group, verdict);
      if (!mayGoOn()) return;
    }
    note(namespace);
    if (!isWhole) queue.addAfter(namespace, AGAIN_MS);
  }

  function note(namespace: string): void {
    const isFirst = unlooked?.delete(namespace) === true;
    if (counts.set(namespace, count(pods.of(namespace))) || isFirst) changed.add(namespace);
  }

  async function judge(group: PodGroup): Promise<Verdict | undefined> {
    const { namespace, verdict } = group;
    if (verdict !== undefined && holds(verdict, circumstancesOf(namespace))) return verdict;
    const known = judgeByMetadata(group, circumstancesOf(namespace));
    if (known !== undefined) return (group.verdict = known);
    const pod = await aPodOf(group);
    // The circumstances as they are now, after the call.
    return pod === undefined ? undefined : (group.verdict = judgePod(pod, group, circumstancesOf(namespace)));
  }

  /** One Pod of a group, as long as it is of that group. */
  async function aPodOf(group: PodGroup): Promise<unknown> {
    for (const key of [...group.pods].slice(0, MOST_TRIES)) {
      await patience();
      const name = key.slice(group.namespace.length + 1);
      const path = `/api/v1/namespaces/${encodeURIComponent(group.namespace)}/pods/${encodeURIComponent(name)}`;
      const pod = await getOrNothing(transport, path);
      const metadata = at(pod, 'metadata');
      if (isPodMetadata(metadata) && describeGroup(metadata)?.key === group.key) return pod;
    }
    return undefined;
  }

  function mayGoOn(): boolean {
    return !stopped && mayWrite();
  }

  async function patience(): Promise<void> {
    const end = performance.now() + MOST_PATIENCE_MS;
    while (mayGoOn() && parts.isBusy() && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, PATIENCE_STEP_MS));
    }
  }

  async function announce(group: PodGroup, verdict: Verdict): Promise<void> {
    if (verdict.state !== 'missed' && verdict.state !== 'stale') return;
    if (group.told === verdict) return;
    await patience();
    // Asked anew each time: the template may have been changed since.
    const workload = await findWorkload(transport, group);
    if (workload === undefined || !mayWrite()) return;
    group.workload = workload;
    group.told = verdict;
    const { apiVersion, kind, name, uid } = workload;
    const subject = { apiVersion, kind, name, uid, namespace: group.namespace };
    tell(subject, describeDrift(group, verdict, workload, restarts !== undefined));
  }

  function* candidates(): Iterable<Candidate> {
    if (unlooked === undefined || unlooked.size > 0 || !pods.synced()) return;
    for (const namespace of pods.namespaces()) {
      const now = circumstancesOf(namespace);
      for (const { verdict, workload } of pods.of(namespace)) {
        const expected = verdict?.expected;
        if (verdict === undefined || workload === undefined || expected === undefined) continue;
        if (!workload.restartable || workload.templateInjected || !holds(verdict, now)) continue;
        yield { namespace, workload, expected };
      }
    }
  }

  function begin(): void {
    counts.clear();
    unlooked = new Set();
    restarts?.begin();
    if (!pods.synced()) return;
    for (const namespace of pods.namespaces()) if (optInOf(namespace) !== 'none') unlooked.add(namespace);
    for (const namespace of unlooked) queue.add(namespace, 'bulk');
    if (unlooked.size === 0) changed.add('');
  }

  /** Those whose Pods have to be judged anew after a change. */
  function concerned(change: ConfigurationChange): Iterable<string> {
    if (change.scope === 'cluster') return pods.namespaces();
    const { namespace, keysOnly = false } = change;
    if (!keysOnly) return [namespace];
    const now = circumstancesOf(namespace);
    for (const { verdict } of pods.of(namespace)) {
      if (verdict !== undefined && !holds(verdict, now)) return [namespace];
    }
    return [];
  }

  return {
    begin,
    end() {
      unlooked = undefined;
      counts.clear();
    },
    follow(change) {
      if (unlooked === undefined) return;
      for (const namespace of concerned(change)) soon.add(namespace);
      if (change.scope === 'cluster' || change.keysOnly !== true) restarts?.settingsChanged();
    },
    countsOf(namespace) {
      if (unlooked === undefined || !pods.synced() || unlooked.has(namespace)) return undefined;
      return counts.of(namespace) ?? NO_PODS;
    },
    total: () => (unlooked === undefined || unlooked.size > 0 || !pods.synced() ? undefined : counts.total()),
    async stop() {
      stopped = true;
      soon.stop();
      changed.stop();
      await Promise.all([restarts?.stop(), queue.stop(), pods.stop()]);
    },
  };
}

function count(groups: Iterable<PodGroup>): PodCounts {
  let [injected, missed, stale] = [0, 0, 0];
  for (const { verdict, pods } of groups) {
    if (verdict?.state === 'missed') missed += pods.size;
    if (verdict?.state === 'stale') stale += pods.size;
    if (verdict?.state === 'stale' || verdict?.state === 'injected') injected += pods.size;
  }
  return { wanted: injected + missed, injected, missed, stale };
}

function isPodMetadata(value: unknown): value is Parameters<typeof describeGroup>[0] {
  return isRecord(value) && typeof value['name'] === 'string' && typeof value['uid'] === 'string';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
