import { describeOptIn, type NamespaceConfiguration, type NamespaceOptIn, type Settings } from '../settings/index.ts';
import type { Layers } from './layers.ts';

interface Known {
  readonly layers: Layers;
  /** The names of a ConfigMap's keys, by "namespace/name"; absent: not watched. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** Absent: not watched. */
  readonly namespaces: ReadonlyMap<string, NamespaceOptIn> | undefined;
}

/** Where namespaces are watched, one that is not there has not opted in. */
const NOT_THERE: NamespaceOptIn = { optIn: 'none', described: false };
const NOT_WATCHED = describeOptIn(undefined);

/** A configuration that looks up what is known. It costs nothing to make, so that each change can have another one. */
export function viewOf({ layers, keys, namespaces }: Known) {
  let own: ReadonlyMap<string, Settings> | undefined;
  return {
    forNamespace: (namespace: string): NamespaceConfiguration => ({
      settings: layers.settingsOf(namespace),
      ...(namespaces === undefined ? NOT_WATCHED : (namespaces.get(namespace) ?? NOT_THERE)),
      configMapKeys: (name) => keys?.get(`${namespace}/${name}`),
    }),
    /** For whoever serves the whole cluster at once. */
    get cluster(): Settings {
      return layers.clusterSettings();
    },
    /** Resolves all of them, but for those that have not changed since the last time. */
    get ownSettings(): ReadonlyMap<string, Settings> {
      return (own ??= layers.ownSettings());
    },
  };
}
