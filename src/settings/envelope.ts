import { isRecord } from '../record.ts';
import { nearest } from '../nearest.ts';
import type { Problem } from '../problem.ts';
import { API_VERSION } from './api.ts';
import { mustBe, oneOf } from './sentences.ts';

/** One parsed YAML document and the place that it came from (`config.yaml: document 2`). */
export interface DocumentSource {
  readonly where: string;
  readonly value: unknown;
}

/** What every document has around its content: kind, name, place. */
export interface Envelope {
  readonly kind: Kind;
  /** How its problems are headed: `config.yaml: document 2 (TracingConfig production/default)`. */
  readonly where: string;
  readonly document: Readonly<Record<string, unknown>>;
  /** `undefined` if there is none, which is reported. */
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  /** Notes a mistake: the field (`spec.mode`) and the sentence about it. */
  readonly report: (field: string, message: string) => void;
}

/** The kinds that are read, and the API version of each. */
const API_VERSIONS = {
  ClusterTracingConfig: API_VERSION,
  TracingConfig: API_VERSION,
  Namespace: 'v1',
  ConfigMap: 'v1',
} as const;

export type Kind = keyof typeof API_VERSIONS;

/**
 * Opens the documents, and `List`s of them as `kubectl get -o yaml` prints them, one after the other. What cannot be opened is
 * added to `problems`.
 */
export function* openEnvelopes(sources: readonly DocumentSource[], problems: Problem[]): Generator<Envelope> {
  for (const source of sources) {
    for (const item of listItems(source, problems) ?? [source]) {
      const envelope = openEnvelope(item, problems);
      if (envelope !== undefined) yield envelope;
    }
  }
}

/** The items of a `List`; `undefined` of anything else. */
function listItems({ where, value }: DocumentSource, problems: Problem[]): readonly DocumentSource[] | undefined {
  if (!isRecord(value) || value['kind'] !== 'List') return undefined;
  const { apiVersion, items } = value;
  if (apiVersion !== 'v1') problems.push(wrongVersion('List', 'v1', apiVersion, where));
  if (Array.isArray(items))
    return items.map((item: unknown, index) => ({ where: `${where}: items[${index}]`, value: item }));
  problems.push({ where: `${where}: items`, message: mustBe('a list of documents', items) });
  return [];
}

function openEnvelope({ where, value }: DocumentSource, problems: Problem[]): Envelope | undefined {
  // `---` with nothing but comments after it: kubectl passes over it too.
  if (value === null || value === undefined) return undefined;
  if (!isRecord(value)) {
    problems.push({ where, message: mustBe('a map with the fields apiVersion, kind and metadata', value) });
    return undefined;
  }
  const { kind, apiVersion } = value;
  if (!isKind(kind)) {
    problems.push({
      where: `${where}: kind`,
      message: mustBe(oneOf(KINDS), kind ?? undefined) + suggestion(kind),
    });
    return undefined;
  }
  const metadata = value['metadata'] ?? undefined;
  const named = `${where} (${[kind, nameOf(metadata)].join(' ').trim()})`;
  const report = (field: string, message: string) => void problems.push({ where: `${named}: ${field}`, message });
  if (apiVersion !== API_VERSIONS[kind]) problems.push(wrongVersion(kind, API_VERSIONS[kind], apiVersion, named));
  if (!isRecord(metadata)) report('metadata', mustBe(METADATA[kind], metadata));
  return { kind, where: named, document: value, metadata: isRecord(metadata) ? metadata : undefined, report };
}

const KINDS = [...Object.keys(API_VERSIONS), 'List'];

function suggestion(kind: unknown): string {
  const guess = typeof kind === 'string' ? nearest(kind, KINDS) : undefined;
  return guess === undefined ? '' : `; did you mean ${guess}?`;
}

function isKind(kind: unknown): kind is Kind {
  return typeof kind === 'string' && Object.hasOwn(API_VERSIONS, kind);
}

/** What to write where a document has no `metadata`. */
const METADATA: Readonly<Record<Kind, string>> = {
  ClusterTracingConfig: '{name: default}',
  TracingConfig: '{name: default, namespace: <the namespace that it configures>}',
  Namespace: '{name: <name of the namespace>, labels: …}',
  ConfigMap: '{name: …, namespace: …}',
};

function wrongVersion(kind: string, allowed: string, apiVersion: unknown, where: string): Problem {
  return { where: `${where}: apiVersion`, message: mustBe(`${allowed} for kind ${kind}`, apiVersion ?? undefined) };
}

/** `production/default`, as far as it is there and is a name: it stands in front of every message. */
function nameOf(metadata: unknown): string {
  if (!isRecord(metadata)) return '';
  const parts = [metadata['namespace'], metadata['name']];
  return parts.filter((part) => typeof part === 'string' && /^[-.\w]{1,253}$/.test(part)).join('/');
}
