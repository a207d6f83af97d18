import {
  type KubeLogger,
  type KubeTransport,
  watchObjects,
  type WatchedObjects,
  type WatchTiming,
} from '../kube/index.ts';
import { type ConfigKind, configPath, describeOptIn, INJECTION_LABEL, type NamespaceOptIn } from '../settings/index.ts';
import { isRecord } from '../record.ts';
import { readSeen, type SeenConfig } from './config-objects.ts';
import { dataKeysOf } from './key-names.ts';
import { createSharedSets } from './shared-sets.ts';

/** What every watch here is opened with. */
export interface WatchParts {
  readonly transport: KubeTransport;
  readonly logger: KubeLogger;
  readonly timing?: Partial<WatchTiming>;
  /** The first list is complete. */
  readonly onSync: () => void;
}

/** ClusterTracingConfigs or TracingConfigs. */
export function watchConfigs(
  kind: ConfigKind,
  { onPut, onRemove, ...parts }: WatchParts & Record<'onPut' | 'onRemove', (seen: SeenConfig) => void>,
): WatchedObjects<SeenConfig> {
  return watchObjects<SeenConfig>({
    ...parts,
    path: configPath(kind),
    keep: (object) => readSeen(kind, object),
    onChange: (change) => (change.type === 'deleted' ? onRemove(change.before) : onPut(change.now)),
  });
}

/** A namespace, as far as it matters here. */
export interface WatchedNamespace extends NamespaceOptIn {
  /** It is being deleted: nothing can be created in it any more. */
  readonly deleting: boolean;
  readonly uid: string;
}

/** Namespaces, as metadata: their label and whether they are being deleted. */
export function watchNamespaces({
  onNamespace,
  ...parts
}: WatchParts & { readonly onNamespace: (name: string) => void }): WatchedObjects<WatchedNamespace> {
  return watchObjects<WatchedNamespace>({
    ...parts,
    path: '/api/v1/namespaces',
    metadataOnly: true,
    keep({ metadata: { labels, deletionTimestamp, uid } }) {
      const label = isRecord(labels) ? labels[INJECTION_LABEL] : undefined;
      const optIn = describeOptIn(typeof label === 'string' ? { [INJECTION_LABEL]: label } : {});
      return { ...optIn, deleting: deletionTimestamp !== undefined, uid };
    },
    onChange(change) {
      if (change.type !== 'changed' || !isSameNamespace(change.before, change.now)) onNamespace(change.key);
    },
  });
}

function isSameNamespace(one: WatchedNamespace, other: WatchedNamespace): boolean {
  return one.optIn === other.optIn && one.unknownLabel === other.unknownLabel && one.deleting === other.deleting;
}

/**
 * The names of ConfigMaps' keys, by "namespace/name". What is in the ConfigMaps is never asked for, and of 50,000 of them
 * equal names are in memory once.
 */
export function watchConfigMapKeys({
  onKeys,
  ...parts
}: WatchParts & { readonly onKeys: (namespace: string) => void }): WatchedObjects<ReadonlySet<string>> {
  const sets = createSharedSets();
  return watchObjects<ReadonlySet<string>>({
    ...parts,
    path: '/api/v1/configmaps',
    metadataOnly: true,
    keep({ metadata }) {
      const names = dataKeysOf(metadata);
      return names === undefined ? undefined : sets.take(names);
    },
    onChange(change) {
      if (change.type !== 'added') sets.giveBack(change.before);
      if (change.type === 'changed' && change.before === change.now) return;
      onKeys(change.key.slice(0, change.key.indexOf('/')));
    },
  });
}
