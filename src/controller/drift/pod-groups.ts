import { hash } from 'node:crypto';
import {
  ANNOTATIONS,
  INJECT_ANNOTATION,
  JAEGER_INJECT_ANNOTATION,
  parseStatus,
  STATUS_ANNOTATION,
} from '../../inject/index.ts';
import { isRecord } from '../../record.ts';
import type { Verdict } from './judge.ts';
import type { Workload } from './workloads.ts';

/** An object that made Pods, or a Pod that nobody made. */
export interface Maker {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * Running Pods for which one answer holds: of one template, with the same mark and the same annotations of ours. 50,000 Pods are
 * some thousand of these, and a Pod costs no more than its name in one of them.
 */
export interface PodGroup {
  readonly key: string;
  readonly namespace: string;
  readonly maker: Maker;
  /** The config hash in the status annotation; absent: no such annotation, or none of ours. */
  readonly mark?: string;
  /** One of the annotations is there that ask or refuse. */
  readonly asks: boolean;
  /** "namespace/name" of each. */
  readonly pods: Set<string>;
  /** As it was judged last. */
  verdict?: Verdict;
  /** Looked up when somebody had to be told; and of which verdict. */
  workload?: Workload;
  told?: Verdict;
}

/** Reads metadata as the API server sends it; `undefined` for a Pod that is being deleted, and counts no more. */
export type ReadGroup = (metadata: PodMetadata) => PodGroup | undefined;

export interface PodMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly [field: string]: unknown;
}

/** What a Pod's metadata says about its group. */
export function describeGroup(metadata: PodMetadata): Omit<PodGroup, 'pods'> | undefined {
  const { name, namespace = '', uid, deletionTimestamp } = metadata;
  if (deletionTimestamp !== undefined && deletionTimestamp !== null) return undefined;
  const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {};
  const text = annotations[STATUS_ANNOTATION];
  const mark = parseStatus(typeof text === 'string' ? text : undefined)?.config.slice(0, LONGEST_MARK);
  const owner = controllerOf(metadata);
  const maker = owner ?? { apiVersion: 'v1', kind: 'Pod', name, uid };
  const template = owner !== undefined && makesEqualPods(owner) ? `${owner.uid} ${revisionOf(metadata)}` : uid;
  return {
    key: hash('sha256', `${template} ${mark ?? ''} ${requestPrint(annotations)}`, 'base64').slice(0, KEY_LENGTH),
    namespace: share(namespace),
    maker,
    ...(mark === undefined ? {} : { mark: share(mark) }),
    asks: INJECT_ANNOTATION in annotations || JAEGER_INJECT_ANNOTATION in annotations,
  };
}

/** Characters of a key: 132 bits, and a third of the memory that the whole text would take. */
const KEY_LENGTH = 22;

/** Texts that come with nearly every Pod, each in memory once. Begun anew when it is too much: then some are there twice. */
const shared = new Map<string, string>();
const MOST_SHARED = 20_000;

function share(text: string): string {
  const known = shared.get(text);
  if (known !== undefined) return known;
  if (shared.size >= MOST_SHARED) shared.clear();
  shared.set(text, text);
  return text;
}

/** Ours have 12 characters; another one is told apart by that many. */
const LONGEST_MARK = 64;

/** The owner that made a Pod, or another object of the API. */
export function controllerOf(metadata: Readonly<Record<string, unknown>>): Maker | undefined {
  const { ownerReferences } = metadata;
  if (!Array.isArray(ownerReferences)) return undefined;
  const owner = (ownerReferences as readonly unknown[]).find(
    (reference): reference is Record<string, unknown> => isRecord(reference) && reference['controller'] === true,
  );
  if (owner === undefined) return undefined;
  const { apiVersion, kind, name, uid } = owner;
  return typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    typeof name === 'string' &&
    typeof uid === 'string'
    ? { apiVersion: share(apiVersion), kind: share(kind), name, uid }
    : undefined;
}

/** Those of Kubernetes, each of which has one template. What others make may differ from Pod to Pod. */
function makesEqualPods({ apiVersion, kind }: Maker): boolean {
  if (apiVersion.startsWith('apps/')) return kind === 'ReplicaSet' || kind === 'StatefulSet' || kind === 'DaemonSet';
  return apiVersion.startsWith('batch/') && kind === 'Job';
}

/** A StatefulSet or DaemonSet is the same object after its template has changed: its Pods say which template they are of. */
function revisionOf({ labels }: PodMetadata): string {
  const revision = isRecord(labels) ? labels['controller-revision-hash'] : undefined;
  return typeof revision === 'string' ? revision : '';
}

/** Stands for what a Pod's author asks: somebody may have annotated one Pod of many. */
function requestPrint(annotations: Readonly<Record<string, unknown>>): string {
  const ours = Object.entries(annotations).filter(([name]) => name !== STATUS_ANNOTATION && isOurs(name));
  if (ours.length === 0) return '';
  return hash('sha256', JSON.stringify(ours.toSorted(([one], [other]) => (one < other ? -1 : 1)))).slice(0, 16);
}

function isOurs(name: string): boolean {
  return ANNOTATIONS.some(({ key }) => name === key || (/[./]$/.test(key) && name.startsWith(key)));
}

/** The groups that there are: each is one object, whoever asks. */
export interface PodGroups {
  readonly read: ReadGroup;
  readonly add: (group: PodGroup, pod: string) => void;
  readonly remove: (group: PodGroup, pod: string) => void;
  readonly of: (namespace: string) => Iterable<PodGroup>;
  /** That have any. */
  readonly namespaces: () => Iterable<string>;
}

export function createPodGroups(): PodGroups {
  const namespaces = new Map<string, Map<string, PodGroup>>();
  return {
    read(metadata) {
      const found = describeGroup(metadata);
      if (found === undefined) return undefined;
      return namespaces.get(found.namespace)?.get(found.key) ?? { ...found, pods: new Set() };
    },
    add(group, pod) {
      let groups = namespaces.get(group.namespace);
      if (groups === undefined) namespaces.set(group.namespace, (groups = new Map()));
      groups.set(group.key, group);
      group.pods.add(pod);
    },
    remove(group, pod) {
      group.pods.delete(pod);
      if (group.pods.size > 0) return;
      const groups = namespaces.get(group.namespace);
      if (groups?.get(group.key) === group) groups.delete(group.key);
      if (groups?.size === 0) namespaces.delete(group.namespace);
    },
    of: (namespace) => namespaces.get(namespace)?.values() ?? [],
    namespaces: () => namespaces.keys(),
  };
}
