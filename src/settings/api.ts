/**
 * The names of the API: what stands in `apiVersion` and `kind` of a document, and in the paths of the API server.
 *
 * Written here and nowhere else: the reader of files, the CustomResourceDefinitions and whoever asks the API server agree.
 */
export const API_GROUP = 'tracehook.io';
/** The only version there is. */
const VERSION = 'v1alpha1';
/** `apiVersion` of both kinds. */
export const API_VERSION = `${API_GROUP}/${VERSION}` as const;

/** The kinds of our own API. */
export type ConfigKind = 'ClusterTracingConfig' | 'TracingConfig';

/** What the API server calls a kind. */
export interface ConfigResource {
  /** In paths and in RBAC rules. */
  readonly plural: string;
  readonly singular: string;
  readonly shortName: string;
  readonly isNamespaced: boolean;
}

export const CONFIG_RESOURCES: Readonly<Record<ConfigKind, ConfigResource>> = {
  ClusterTracingConfig: {
    plural: 'clustertracingconfigs',
    singular: 'clustertracingconfig',
    shortName: 'ctc',
    isNamespaced: false,
  },
  TracingConfig: { plural: 'tracingconfigs', singular: 'tracingconfig', shortName: 'tc', isNamespaced: true },
};

/** The only name that an object of either kind may have. */
export const SINGLETON = 'default';

/**
 * The API server's path to all objects of a kind: `/apis/tracehook.io/v1alpha1/tracingconfigs`, or with `namespace` to those
 * of one: `/apis/tracehook.io/v1alpha1/namespaces/shop/tracingconfigs`. Append `/default` for the object, `/default/status`
 * for its status.
 */
export function configPath(kind: ConfigKind, namespace?: string): string {
  const inNamespace = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `/apis/${API_VERSION}${inNamespace}/${CONFIG_RESOURCES[kind].plural}`;
}
