import type { ConfigurationDocuments } from './documents.ts';
import { resolveSettings, type Settings } from './resolve.ts';

/** What a namespace's label says. */
export type OptIn = 'enabled' | 'all' | 'none';

/** The label of a namespace that opts it in. */
export const INJECTION_LABEL = 'tracehook.io/injection';

/** What the label's value means; anything but the two words means `none`. */
export function optInOf(labels: Readonly<Record<string, string>>): OptIn {
  const value = labels[INJECTION_LABEL];
  return value === 'enabled' || value === 'all' ? value : 'none';
}

/** What is known of a namespace's opting in. */
export interface NamespaceOptIn {
  readonly optIn: OptIn;
  /** Whether a Namespace document describes it. If none does, it counts as `enabled`. */
  readonly described: boolean;
  /** Value of the label, if it is one that does not exist. */
  readonly unknownLabel?: string;
}

/** Of a namespace with these labels, or of one that no document describes. */
export function describeOptIn(labels: Readonly<Record<string, string>> | undefined): NamespaceOptIn {
  if (labels === undefined) return { optIn: 'enabled', described: false };
  const optIn = optInOf(labels);
  const label = labels[INJECTION_LABEL];
  return { optIn, described: true, ...(optIn === 'none' && label !== undefined ? { unknownLabel: label } : {}) };
}

/** All that is configured for one namespace. */
export interface NamespaceConfiguration extends NamespaceOptIn {
  readonly settings: Settings;
  /** The names of a ConfigMap's keys; `undefined` if no document shows them. */
  readonly configMapKeys: (name: string) => ReadonlySet<string> | undefined;
}

/** The configuration in force: every lookup is from memory, and settings are resolved once for each namespace. */
export interface Configuration {
  forNamespace(namespace: string): NamespaceConfiguration;
  /** The settings of whoever belongs to no namespace, or to one that nobody described. */
  readonly cluster: Settings;
  /** The namespaces with settings of their own, and those. */
  readonly ownSettings: ReadonlyMap<string, Settings>;
}

/**
 * A namespace that nobody described shares what the cluster's documents say, so that names from outside can never make the
 * memory grow.
 */
export function configurationOf(documents: ConfigurationDocuments): Configuration {
  const { cluster, namespaces, labels, configMaps } = documents;
  const clusterOnly = resolveSettings(cluster, undefined);
  const resolved = new Map<string, Settings>();
  for (const [namespace, layer] of namespaces) resolved.set(namespace, resolveSettings(cluster, layer));
  return {
    forNamespace(namespace) {
      return {
        settings: resolved.get(namespace) ?? clusterOnly,
        ...describeOptIn(labels.get(namespace)),
        configMapKeys: (name) => configMaps.get(`${namespace}/${name}`),
      };
    },
    cluster: clusterOnly,
    ownSettings: resolved,
  };
}
