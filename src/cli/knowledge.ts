import { openConfigFiles } from '../config-file/index.ts';
import { parseYaml } from '../manifest/index.ts';
import type { Problem } from '../problem.ts';
import {
  type Configuration,
  configurationOf,
  type ConfigurationDocuments,
  EMBEDDED_CONFIGURATION,
  type NamespaceConfiguration,
  readDocuments,
} from '../settings/index.ts';
import type { ManifestObject } from './objects.ts';

/** The configuration that a run without a cluster decides by. */
export interface OpenedConfiguration {
  readonly configuration: Configuration;
  /** It is the embedded one. */
  readonly embedded: boolean;
}

/** Reads the configuration files, or takes the embedded configuration if there are none. */
export async function openConfiguration(
  paths: readonly string[],
): Promise<OpenedConfiguration | { readonly problems: readonly Problem[] }> {
  if (paths.length === 0) return openEmbedded();
  const opened = await openConfigFiles(paths);
  if ('problems' in opened) return opened;
  const configuration = opened.source.current();
  await opened.source.close();
  return { configuration, embedded: false };
}

function openEmbedded(): OpenedConfiguration | { readonly problems: readonly Problem[] } {
  const parsed = parseYaml(EMBEDDED_CONFIGURATION, 'embedded configuration');
  if ('problems' in parsed) return parsed;
  const read = readDocuments(parsed.documents);
  return 'problems' in read ? read : { configuration: configurationOf(read.documents), embedded: true };
}

/** Kinds of the input that say something of a namespace. */
const TELLING_KINDS: ReadonlySet<string> = new Set(['Namespace', 'ConfigMap']);

/**
 * The configuration, and what the input itself tells: labels of its Namespaces, keys of its ConfigMaps. The input wins, since
 * it is what will be applied. An object of the input that is not sound tells nothing: to say so is not our task.
 */
export function withInput(configuration: Configuration, objects: readonly ManifestObject[]): Configuration {
  const labels = new Map<string, Readonly<Record<string, string>>>();
  const configMaps = new Map<string, ReadonlySet<string>>();
  for (const object of objects) {
    const told = tell(object);
    for (const [namespace, values] of told?.labels ?? []) labels.set(namespace, values);
    for (const [name, keys] of told?.configMaps ?? []) configMaps.set(name, keys);
  }
  const input = configurationOf({ namespaces: new Map(), labels, configMaps });
  return {
    ...configuration,
    forNamespace: (namespace) => merge(configuration.forNamespace(namespace), input.forNamespace(namespace)),
  };
}

function tell({ kind, apiVersion, namespace, value }: ManifestObject): ConfigurationDocuments | undefined {
  if (!TELLING_KINDS.has(kind) || apiVersion !== 'v1') return undefined;
  const metadata: unknown = value['metadata'];
  const placed =
    kind === 'ConfigMap' && typeof metadata === 'object' ? { ...value, metadata: { ...metadata, namespace } } : value;
  const read = readDocuments([{ where: '', value: placed }]);
  return 'documents' in read ? read.documents : undefined;
}

function merge(configured: NamespaceConfiguration, input: NamespaceConfiguration): NamespaceConfiguration {
  const configMapKeys = (name: string) => input.configMapKeys(name) ?? configured.configMapKeys(name);
  return { ...(input.described ? input : configured), settings: configured.settings, configMapKeys };
}
