import { isDeepStrictEqual } from 'node:util';
import { type Layer, misfitsOf, type Mistake, resolveSettings, type Settings, SINGLETON } from '../settings/index.ts';
import { type ConfigProblem, problemOf, reuseLayer, type SeenConfig } from './config-objects.ts';

/** What a change of one object has changed. */
export interface LayerChange {
  /** The namespace that it is about; absent: all of them. */
  readonly namespace?: string;
  /** Settings in force have changed; else only an object's generation, or what is wrong with it. */
  readonly settings: boolean;
  /** What is wrong with the objects that it is about. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * The objects of both kinds, and the settings that they give. Settings are resolved when they are asked for, and kept until one
 * of their two layers changes: one namespace's change costs the others nothing.
 *
 * The ClusterTracingConfig is to be put in first, since the others are held against it.
 */
export interface Layers {
  /** An object is there, or is another now. @returns `undefined` if that changes nothing. */
  readonly put: (seen: SeenConfig) => LayerChange | undefined;
  /** An object is gone: what it said is no longer in force. */
  readonly remove: (seen: SeenConfig) => LayerChange | undefined;
  /** In force for a namespace; the cluster's, if it has none of its own. */
  readonly settingsOf: (namespace: string) => Settings;
  /** In force where a namespace has none of its own. */
  readonly clusterSettings: () => Settings;
  /** In force for each namespace that has settings of its own, all of them resolved. */
  readonly ownSettings: () => ReadonlyMap<string, Settings>;
  /** What is wrong, object by object. */
  readonly problems: () => readonly ConfigProblem[];
  /** What is wrong with the object of a namespace, or with the cluster's. */
  readonly problemsOf: (namespace: string | undefined) => readonly ConfigProblem[];
  /** The object of a namespace, or the cluster's. */
  readonly configOf: (namespace: string | undefined) => SeenConfig | undefined;
}

/** One object that counts. */
interface Slot {
  readonly seen: SeenConfig;
  /** What it said when it was last good. */
  readonly inForce: Layer | undefined;
  readonly mistakes: readonly Mistake[];
  /** The settings of a namespace, and the cluster's layer that they were resolved with. */
  resolved?: { readonly cluster: Layer | undefined; readonly settings: Settings };
}

export function createLayers(): Layers {
  let cluster: Slot | undefined;
  let clusterSettings = resolveSettings(undefined, undefined);
  const namespaces = new Map<string, Slot>();
  /** Objects of another name than the one that counts. */
  const strangers = new Map<string, SeenConfig>();

  function judgeNamespace(seen: SeenConfig, before: Slot | undefined): Slot {
    return judge(seen, before, (layer) => misfitsOf(cluster?.inForce, layer));
  }

  function setCluster(now: Slot | undefined): LayerChange | undefined {
    const before = cluster;
    cluster = now;
    const settings = before?.inForce !== now?.inForce;
    if (!settings) return isSameReport(before, now) ? undefined : { settings, problems: problemsOf(now) };
    clusterSettings = resolveSettings(now?.inForce, undefined);
    return { settings, problems: [...problemsOf(now), ...judgeResources()] };
  }

  /** Resources alone are held against the cluster's, and few namespaces have any. @returns what is wrong with those. */
  function judgeResources(): readonly ConfigProblem[] {
    return [...namespaces].flatMap(([name, slot]) => {
      if (!hasResources(slot)) return [];
      const now = judgeNamespace(slot.seen, slot);
      namespaces.set(name, now);
      return problemsOf(now);
    });
  }

  function setNamespace(namespace: string, now: Slot | undefined): LayerChange | undefined {
    const before = namespaces.get(namespace);
    if (now === undefined) namespaces.delete(namespace);
    else namespaces.set(namespace, now);
    const settings = before?.inForce !== now?.inForce;
    return settings || !isSameReport(before, now) ? { namespace, settings, problems: problemsOf(now) } : undefined;
  }

  function setStranger(seen: SeenConfig, isThere: boolean): LayerChange {
    const key = `${seen.kind} ${seen.namespace ?? ''}/${seen.name}`;
    if (isThere) strangers.set(key, seen);
    else strangers.delete(key);
    const where = seen.namespace === undefined ? {} : { namespace: seen.namespace };
    return { ...where, settings: false, problems: isThere ? [ignored(seen)] : [] };
  }

  function ownSettings(slot: Slot | undefined): Settings | undefined {
    if (slot?.inForce === undefined) return undefined;
    if (slot.resolved === undefined || slot.resolved.cluster !== cluster?.inForce)
      slot.resolved = { cluster: cluster?.inForce, settings: resolveSettings(cluster?.inForce, slot.inForce) };
    return slot.resolved.settings;
  }

  function slotOf(namespace: string | undefined): Slot | undefined {
    return namespace === undefined ? cluster : namespaces.get(namespace);
  }

  return {
    put(seen) {
      if (seen.name !== SINGLETON) return setStranger(seen, true);
      if (seen.namespace === undefined) return setCluster(judge(seen, cluster, (layer) => misfitsOf(layer, undefined)));
      return setNamespace(seen.namespace, judgeNamespace(seen, namespaces.get(seen.namespace)));
    },
    remove(seen) {
      if (seen.name !== SINGLETON) return setStranger(seen, false);
      return seen.namespace === undefined ? setCluster(undefined) : setNamespace(seen.namespace, undefined);
    },
    settingsOf: (namespace) => ownSettings(namespaces.get(namespace)) ?? clusterSettings,
    clusterSettings: () => clusterSettings,
    ownSettings() {
      const own = new Map<string, Settings>();
      for (const [namespace, slot] of namespaces) {
        const settings = ownSettings(slot);
        if (settings !== undefined) own.set(namespace, settings);
      }
      return own;
    },
    problemsOf: (namespace) => problemsOf(slotOf(namespace)),
    configOf: (namespace) => slotOf(namespace)?.seen,
    problems() {
      const counting = [cluster, ...namespaces.values()];
      return [...counting.flatMap(problemsOf), ...[...strangers.values()].map(ignored)];
    },
  };
}

function problemsOf(slot: Slot | undefined): readonly ConfigProblem[] {
  return slot === undefined || slot.mistakes.length === 0 ? [] : [problemOf('Invalid', slot.seen, slot.mistakes)];
}

function ignored(seen: SeenConfig): ConfigProblem {
  return problemOf('Ignored', seen, 'mistakes' in seen.read ? seen.read.mistakes : []);
}

/** @param misfits what of a good document does not fit in with the others. */
function judge(seen: SeenConfig, before: Slot | undefined, misfits: (layer: Layer) => readonly Mistake[]): Slot {
  const read = reuseLayer(before?.seen.read, seen.read);
  const mistakes = 'mistakes' in read ? read.mistakes : misfits(read.layer);
  const inForce = 'layer' in read && mistakes.length === 0 ? read.layer : before?.inForce;
  const resolved = before?.resolved !== undefined && inForce === before.inForce ? { resolved: before.resolved } : {};
  return { seen: { ...seen, read }, inForce, mistakes, ...resolved };
}

function hasResources({ seen, inForce }: Slot): boolean {
  const layers = ['layer' in seen.read ? seen.read.layer : undefined, inForce];
  return layers.some((layer) => layer?.spec.sidecar?.resources !== undefined);
}

/** Whether a status would say the same of both. */
function isSameReport(before: Slot | undefined, now: Slot | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  return before.seen.generation === now.seen.generation && isDeepStrictEqual(before.mistakes, now.mistakes);
}
