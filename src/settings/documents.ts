import { isRecord } from '../record.ts';
import type { Problem } from '../problem.ts';
import { type DocumentSource, type Envelope, type Kind, openEnvelopes } from './envelope.ts';
import { checkSingleton, misfitsOf, readLayer } from './layer-document.ts';
import { LONGEST_NAME, SUBDOMAIN } from './patterns.ts';
import type { Layer } from './resolve.ts';
import { joinField, mustBe } from './sentences.ts';

export type { DocumentSource } from './envelope.ts';

/** All that a set of documents says, by namespace. */
export interface ConfigurationDocuments {
  readonly cluster?: Layer;
  readonly namespaces: ReadonlyMap<string, Layer>;
  /** Labels by namespace. */
  readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /**
   * Keys by `namespace/name`: those of `data`, which `envFrom` and a volume can both show. `binaryData` never becomes a
   * variable, so its keys are left out, though a volume would show them.
   */
  readonly configMaps: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What has been read so far. */
interface Reading {
  cluster?: Layer;
  /** A ClusterTracingConfig is there, but has mistakes. */
  clusterBroken: boolean;
  readonly namespaces: Map<string, Layer>;
  readonly labels: Map<string, Readonly<Record<string, string>>>;
  readonly configMaps: Map<string, ReadonlySet<string>>;
  /** Where each object was seen first, by kind and name. */
  readonly seen: Map<string, string>;
  /** The envelopes of layers, for what can be judged only at the end. */
  readonly layers: { readonly layer: Layer; readonly envelope: Envelope }[];
}

/**
 * Reads parsed YAML documents, of which each is a ClusterTracingConfig, a TracingConfig, a Namespace, a ConfigMap or a List of
 * those. Empty documents are passed over. Either everything is right, or every mistake of every document is in `problems`.
 */
export function readDocuments(
  documents: readonly DocumentSource[],
): { readonly documents: ConfigurationDocuments } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const reading: Reading = {
    clusterBroken: false,
    namespaces: new Map(),
    labels: new Map(),
    configMaps: new Map(),
    seen: new Map(),
    layers: [],
  };
  for (const envelope of openEnvelopes(documents, problems)) READERS[envelope.kind](envelope, reading);
  checkResources(reading);
  if (problems.length > 0) return { problems };
  const { cluster, namespaces, labels, configMaps } = reading;
  return { documents: { ...(cluster === undefined ? {} : { cluster }), namespaces, labels, configMaps } };
}

const READERS: Readonly<Record<Kind, (envelope: Envelope, reading: Reading) => void>> = {
  ClusterTracingConfig: readClusterConfig,
  TracingConfig: readNamespaceConfig,
  Namespace: readNamespace,
  ConfigMap: readConfigMap,
};

function readClusterConfig(envelope: Envelope, reading: Reading): void {
  const { metadata, report } = envelope;
  checkSingleton(envelope);
  if ((metadata?.['namespace'] ?? undefined) !== undefined) {
    report(
      'metadata.namespace',
      'must not be there: a ClusterTracingConfig holds for every namespace (kind TracingConfig is for one)',
    );
  }
  const isFirst = checkUnseen(envelope, 'default', reading);
  const layer = readLayer(envelope);
  if (layer === undefined) reading.clusterBroken = true;
  else if (isFirst) reading.cluster = keepLayer(layer, envelope, reading);
}

function readNamespaceConfig(envelope: Envelope, reading: Reading): void {
  checkSingleton(envelope);
  const namespace = readName(envelope, 'namespace', 'the name of the namespace that it configures', NAMESPACE_NAME);
  const isFirst = namespace !== undefined && checkUnseen(envelope, `${namespace}/default`, reading);
  const layer = readLayer(envelope);
  if (isFirst && layer !== undefined) reading.namespaces.set(namespace, keepLayer(layer, envelope, reading));
}

function readNamespace(envelope: Envelope, reading: Reading): void {
  const { metadata, report } = envelope;
  const name = readName(
    envelope,
    'name',
    'the name of a namespace (lower-case letters, digits and "-")',
    NAMESPACE_NAME,
  );
  const labels = readTexts(metadata?.['labels'], 'metadata.labels', report);
  if (name !== undefined && checkUnseen(envelope, name, reading)) reading.labels.set(name, labels);
}

function readConfigMap(envelope: Envelope, reading: Reading): void {
  const { document, metadata, report } = envelope;
  const name = readName(envelope, 'name', 'the name of a ConfigMap', OBJECT_NAME);
  const namespace =
    (metadata?.['namespace'] ?? undefined) === undefined
      ? 'default'
      : readName(envelope, 'namespace', 'the name of a namespace', NAMESPACE_NAME);
  const keys = new Set(Object.keys(readTexts(document['data'], 'data', report)));
  if (name === undefined || namespace === undefined) return;
  const identity = `${namespace}/${name}`;
  if (checkUnseen(envelope, identity, reading)) reading.configMaps.set(identity, keys);
}

const OBJECT_NAME = new RegExp(SUBDOMAIN);
/** A DNS-1123 label. */
const NAMESPACE_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function readName({ metadata, report }: Envelope, field: string, allowed: string, pattern: RegExp): string | undefined {
  if (metadata === undefined) return undefined;
  const name = metadata[field] ?? undefined;
  if (typeof name === 'string' && name.length <= LONGEST_NAME && pattern.test(name)) return name;
  report(`metadata.${field}`, mustBe(allowed, name));
  return undefined;
}

/** Whether the object is the first of its kind and name; the second is a mistake, since only one could count. */
function checkUnseen({ kind, where, report }: Envelope, identity: string, { seen }: Reading): boolean {
  const key = `${kind} ${identity}`;
  const first = seen.get(key);
  if (first === undefined) seen.set(key, where);
  else report('metadata.name', `is here a second time, the first is ${first}: keep one of the two`);
  return first === undefined;
}

function keepLayer(layer: Layer, envelope: Envelope, { layers }: Reading): Layer {
  layers.push({ layer, envelope });
  return layer;
}

/** Requests and limits come from several layers, so they are held against each other as they result. */
function checkResources({ cluster, clusterBroken, layers }: Reading): void {
  if (clusterBroken) return;
  for (const { layer, envelope } of layers) {
    const misfits = layer === cluster ? misfitsOf(layer, undefined) : misfitsOf(cluster, layer);
    for (const { field, message } of misfits) envelope.report(field, message);
  }
}

/** A map of texts; a `null` in it is an empty text, as it is for the API server. */
function readTexts(value: unknown, field: string, report: Envelope['report']): Readonly<Record<string, string>> {
  const map = value ?? {};
  if (!isRecord(map)) {
    report(field, mustBe('a map of texts', map));
    return {};
  }
  const texts: [string, string][] = [];
  for (const [key, text] of Object.entries(map)) {
    if (typeof text === 'string' || text === null) texts.push([key, text ?? '']);
    else report(joinField(field, key), mustBe('a text (in quotes if it looks like a number or true/false)', text));
  }
  return Object.fromEntries(texts);
}
