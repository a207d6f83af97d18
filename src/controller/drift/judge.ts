import { parseStatus, planReplacement, readPod } from '../../inject/index.ts';
import type { OptIn, Settings } from '../../settings/index.ts';
import type { PodGroup } from './pod-groups.ts';

/** What a verdict depends on, besides the Pod. */
export interface Circumstances {
  readonly optIn: OptIn;
  readonly settings: Settings;
  readonly configMapKeys: (name: string) => ReadonlySet<string> | undefined;
}

/**
 * - `unwanted`: bears no mark, and would get none today.
 * - `injected`: as it would be today; or injected, though it would not be today: a restart would only take that away.
 * - `missed`: bears no mark, and would today. `stale`: the settings that enter its plan have changed since.
 */
export type DriftState = 'unwanted' | 'injected' | 'missed' | 'stale';

/** How a group of Pods is, and under which circumstances that is so. */
export interface Verdict {
  readonly state: DriftState;
  /** The config hash that a new Pod would bear, where it would be injected. */
  readonly expected?: string;
  readonly optIn: OptIn;
  readonly settings: Settings;
  /** The ConfigMaps that were asked for their keys, with the answers. */
  readonly asked: ReadonlyMap<string, ReadonlySet<string> | undefined>;
}

const NOTHING: Verdict['asked'] = new Map();

/** The verdict, where metadata alone gives it. */
export function judgeByMetadata(
  { mark, asks }: Pick<PodGroup, 'mark' | 'asks'>,
  now: Circumstances,
): Verdict | undefined {
  const { optIn, settings } = now;
  const isUnwanted = optIn === 'none' || (mark === undefined && !asks && optIn !== 'all');
  return isUnwanted ? { state: 'unwanted', optIn, settings, asked: NOTHING } : undefined;
}

/** Runs the plan for one Pod of a group, as the API server sends it. What is no Pod is not wanted. */
export function judgePod(
  pod: unknown,
  { mark, namespace }: Pick<PodGroup, 'mark' | 'namespace'>,
  now: Circumstances,
): Verdict {
  const { optIn, settings } = now;
  const asked = new Map<string, ReadonlySet<string> | undefined>();
  const configMapKeys = (name: string): ReadonlySet<string> | undefined => {
    const keys = now.configMapKeys(name);
    asked.set(name, keys);
    return keys;
  };
  const base = { optIn, settings, asked };
  const read = readPod(pod);
  if (!('pod' in read)) return { ...base, state: mark === undefined ? 'unwanted' : 'injected' };
  const plan = planReplacement({ pod: read.pod, namespace, optIn, settings, configMapKeys });
  const expected = plan.outcome === 'skipped' ? undefined : parseStatus(plan.status)?.config;
  if (mark !== undefined) {
    const isStale = expected !== undefined && expected !== mark;
    return { ...base, state: isStale ? 'stale' : 'injected', ...(isStale ? { expected } : {}) };
  }
  return plan.outcome === 'injected' && expected !== undefined
    ? { ...base, state: 'missed', expected }
    : { ...base, state: 'unwanted' };
}

/** Whether a verdict would be the same today, as far as that can be told without the Pod. */
export function holds({ optIn, settings, asked }: Verdict, now: Circumstances): boolean {
  if (optIn !== now.optIn || settings !== now.settings) return false;
  return [...asked].every(([name, keys]) => now.configMapKeys(name) === keys);
}
