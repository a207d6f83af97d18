import {
  type KubeError,
  type KubeLogger,
  type KubeTransport,
  type WatchedObjects,
  type WatchTiming,
} from '../kube/index.ts';
import {
  type Configuration,
  describeOptIn,
  type NamespaceConfiguration,
  type NamespaceOptIn,
  type Settings,
} from '../settings/index.ts';
import type { ConfigIdentity, ConfigProblem, SeenConfig } from './config-objects.ts';
import { createLayers, type LayerChange } from './layers.ts';
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
  | { readonly scope: 'namespace'; readonly namespace: string };

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

/** Where namespaces are watched, one that is not there has not opted in. */
const NOT_THERE: NamespaceOptIn = { optIn: 'none', described: false };
const NOT_WATCHED: NamespaceOptIn = describeOptIn(undefined);

/** Begins to read the cluster's configuration, and follows it until it is stopped. */
export function openClusterConfiguration(options: ClusterConfigurationOptions): ClusterConfiguration {
  const { transport, logger, timing, onChange } = options;
  const layers = createLayers();
  let isRead = false;
  let view: ReturnType<typeof viewNow> | undefined;

  const parts: WatchParts = { transport, logger, ...(timing === undefined ? {} : { timing }), onSync };
  const onPut = (seen: SeenConfig): void => void (isRead && follow(seen, layers.put(seen)));
  const onRemove = (seen: SeenConfig): void => void (isRead && follow(seen, layers.remove(seen)));
  const configParts = { ...parts, onPut, onRemove };
  const clusterConfigs = watchConfigs('ClusterTracingConfig', configParts);
  const tracingConfigs = watchConfigs('TracingConfig', configParts);
  const keys = options.watchConfigMaps ? watchConfigMapKeys({ ...parts, onKeys: changed }) : undefined;
  const namespaces = options.watchNamespaces ? watchNamespaceLabels({ ...parts, onNamespace: changed }) : undefined;
  const watched: Readonly<Record<string, WatchedObjects<unknown> | undefined>> = {
    ClusterTracingConfigs: clusterConfigs,
    TracingConfigs: tracingConfigs,
    ConfigMaps: keys,
    Namespaces: namespaces,
  };

  /** Objects of namespaces are held against the cluster's: nothing is judged before all are there. */
  function onSync(): void {
    if (isRead || notReady().length > 0) return;
    isRead = true;
    const seen = [...clusterConfigs.known.values(), ...tracingConfigs.known.values()];
    for (const one of seen) warn(layers.put(one)?.problems);
    logger.info({ tracingConfigs: tracingConfigs.known.size }, 'configuration read from the cluster');
    tell({ scope: 'cluster' });
  }

  function follow(seen: SeenConfig, change: LayerChange | undefined): void {
    if (change === undefined) return;
    const { namespace, settings, problems } = change;
    if (settings) logger.info(nameOf(seen), 'configuration changed');
    warn(problems);
    tell(namespace === undefined ? { scope: 'cluster' } : { scope: 'namespace', namespace }, settings);
  }

  function warn(problems: readonly ConfigProblem[] = []): void {
    for (const problem of problems) {
      const { reason, generation, message } = problem;
      logger.warn({ ...nameOf(problem), generation, problems: message }, TOLD[reason]);
    }
  }

  function changed(namespace: string): void {
    if (isRead) tell({ scope: 'namespace', namespace });
  }

  function tell(change: ConfigurationChange, isInForce = true): void {
    if (isInForce) view = undefined;
    onChange?.(change);
  }

  function notReady(): readonly string[] {
    return Object.entries(watched).flatMap(([kind, objects]) => {
      if (objects === undefined || objects.synced()) return [];
      return [`${kind} of the cluster are not read yet${whyNot(objects.trouble())}`];
    });
  }

  function viewNow() {
    let own: ReadonlyMap<string, Settings> | undefined;
    return {
      forNamespace: (namespace: string): NamespaceConfiguration => ({
        settings: layers.settingsOf(namespace),
        ...(namespaces === undefined ? NOT_WATCHED : (namespaces.known.get(namespace) ?? NOT_THERE)),
        configMapKeys: (name) => keys?.known.get(`${namespace}/${name}`),
      }),
      /** For whoever serves the whole cluster at once. */
      get cluster(): Settings {
        return layers.clusterSettings();
      },
      /** Resolves all of them, those that have changed since the last time. */
      get ownSettings(): ReadonlyMap<string, Settings> {
        return (own ??= layers.ownSettings());
      },
    };
  }

  return {
    current: () => (view ??= viewNow()),
    problems: () => layers.problems(),
    problemsOf: layers.problemsOf,
    configOf: layers.configOf,
    namespaces: namespaces?.known ?? new Map<string, WatchedNamespace>(),
    ready: () => (isRead ? undefined : notReady().join('\n')),
    async stop() {
      await Promise.all(Object.values(watched).map(async (objects) => await objects?.stop()));
    },
  };
}

const TOLD: Readonly<Record<ConfigProblem['reason'], string>> = {
  Invalid: 'configuration has mistakes, the last good one stays in force',
  Ignored: 'configuration is ignored',
};

/** `TracingConfig production/default`, as a line of the log has it. */
function nameOf({ kind, namespace, name }: ConfigIdentity): object {
  return { object: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}` };
}

function whyNot(trouble: KubeError | undefined): string {
  if (trouble === undefined) return '';
  if (trouble.failure === 'NotFound')
    return ': the API server has no such kind, its CustomResourceDefinition is missing';
  return `: ${trouble.message}`;
}
