import { type KubeLogger, type KubeTransport, type WatchedObjects, type WatchTiming } from '../kube/index.ts';
import type { Configuration } from '../settings/index.ts';
import type { ConfigIdentity, ConfigProblem, SeenConfig } from './config-objects.ts';
import { createLayers, type LayerChange } from './layers.ts';
import { logChange, logProblems, notRead } from './reports.ts';
import { viewOf } from './view.ts';
import {
  watchConfigMapKeys,
  watchConfigs,
  watchNamespaces as watchNamespaceLabels,
  type WatchedNamespace,
  type WatchParts,
} from './watched-kinds.ts';

export interface ClusterConfigurationOptions {
  readonly transport: KubeTransport;
  /** Whether the names of ConfigMaps' keys are to be known, which takes list and watch on ConfigMaps. */
  readonly watchConfigMaps: boolean;
  /** Whether the namespaces' labels are to be known. Who gets reviews has them from the path. */
  readonly watchNamespaces: boolean;
  readonly logger: KubeLogger;
  /** Called after each change, when `current` has it; first when everything has been read. */
  readonly onChange?: (change: ConfigurationChange) => void;
  readonly timing?: Partial<WatchTiming>;
}

/** What may be different from before: settings, opting in, a ConfigMap's keys, or what is wrong with an object. */
export type ConfigurationChange =
  | { readonly scope: 'cluster' }
  | {
      readonly scope: 'namespace';
      readonly namespace: string;
      /** Nothing but the keys of a ConfigMap. */
      readonly keysOnly?: true;
    };

/** Configuration that follows the objects of a cluster. */
export interface ClusterConfiguration {
  /**
   * The configuration in force, from memory: another object after each change. One that is kept sees later changes too, but
   * not whoever compares it. Built-in defaults alone until everything has been read.
   */
  readonly current: () => Configuration;
  /** Objects that are refused or ignored. */
  problems(): readonly ConfigProblem[];
  /** What is wrong with the object of a namespace, or with the cluster's. */
  readonly problemsOf: (namespace: string | undefined) => readonly ConfigProblem[];
  /** Which object configures a namespace, or the cluster. */
  readonly configOf: (namespace: string | undefined) => ConfigIdentity | undefined;
  /** By name; empty if they are not watched. */
  readonly namespaces: ReadonlyMap<string, WatchedNamespace>;
  /**
   * Why nothing can be decided yet, a line for each kind that was not read; `undefined` once all were, also while the API server
   * is away later.
   */
  readonly ready: () => string | undefined;
  /** Resolves when nothing is called any more. */
  stop(): Promise<void>;
}

/** Begins to read the cluster's configuration, and follows it until it is stopped. */
export function openClusterConfiguration(options: ClusterConfigurationOptions): ClusterConfiguration {
  const { transport, logger, timing, onChange } = options;
  const layers = createLayers();
  let isRead = false;
  let view: Configuration | undefined;

  const parts: WatchParts = { transport, logger, ...(timing === undefined ? {} : { timing }), onSync };
  const onPut = (seen: SeenConfig): void => void (isRead && follow(seen, layers.put(seen)));
  const onRemove = (seen: SeenConfig): void => void (isRead && follow(seen, layers.remove(seen)));
  const configParts = { ...parts, onPut, onRemove };
  const clusterConfigs = watchConfigs('ClusterTracingConfig', configParts);
  const tracingConfigs = watchConfigs('TracingConfig', configParts);
  const keys = options.watchConfigMaps ? watchConfigMapKeys({ ...parts, onKeys: keysChanged }) : undefined;
  const namespaces = options.watchNamespaces ? watchNamespaceLabels({ ...parts, onNamespace: changed }) : undefined;
  const watched: Readonly<Record<string, WatchedObjects<unknown> | undefined>> = {
    ClusterTracingConfigs: clusterConfigs,
    TracingConfigs: tracingConfigs,
    ConfigMaps: keys,
    Namespaces: namespaces,
  };

  /** Objects of namespaces are held against the cluster's: nothing is judged before all are there. */
  function onSync(): void {
    if (isRead || notRead(watched).length > 0) return;
    isRead = true;
    for (const configs of [clusterConfigs, tracingConfigs]) for (const seen of configs.known.values()) layers.put(seen);
    logger.info({ tracingConfigs: tracingConfigs.known.size }, 'configuration read from the cluster');
    logProblems(logger, layers.problems());
    tell({ scope: 'cluster' });
  }

  function follow(seen: SeenConfig, change: LayerChange | undefined): void {
    if (change === undefined) return;
    const { namespace, settings } = change;
    logChange(logger, seen, change);
    tell(namespace === undefined ? { scope: 'cluster' } : { scope: 'namespace', namespace }, settings);
  }

  function changed(namespace: string): void {
    if (isRead) tell({ scope: 'namespace', namespace });
  }

  function keysChanged(namespace: string): void {
    if (isRead) tell({ scope: 'namespace', namespace, keysOnly: true });
  }

  function tell(change: ConfigurationChange, isInForce = true): void {
    if (isInForce) view = undefined;
    onChange?.(change);
  }

  return {
    current: () => (view ??= viewOf({ layers, keys: keys?.known, namespaces: namespaces?.known })),
    problems: () => layers.problems(),
    problemsOf: layers.problemsOf,
    configOf: layers.configOf,
    namespaces: namespaces?.known ?? new Map<string, WatchedNamespace>(),
    ready: () => (isRead ? undefined : notRead(watched).join('\n')),
    async stop() {
      await Promise.all(Object.values(watched).map(async (objects) => await objects?.stop()));
    },
  };
}
