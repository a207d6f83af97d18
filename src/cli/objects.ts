import { isRecord } from '../record.ts';
import { ANNOTATIONS, isWorkloadKind, type Workload } from '../inject/index.ts';
import type { ManifestDocument } from '../manifest/index.ts';
import type { ManifestFile } from './manifests.ts';

/** One Kubernetes object of the input; the items of a List count one by one. */
export interface ManifestObject {
  readonly file: ManifestFile;
  readonly document: ManifestDocument;
  /** JSON Pointer of the object in its document: empty, or `/items/0`. */
  readonly pointer: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty if it has none. */
  readonly name: string;
  /** The one that it names, else the one of the command line. */
  readonly namespace: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A Pod, or the Pod template of a workload, in an object. */
export interface PodPlace {
  readonly object: ManifestObject;
  /** JSON Pointer in the object: empty for a Pod, `/spec/template`, … */
  readonly pointer: string;
  /** The Pod, or a template. Absent if the object has nothing there. */
  readonly value: unknown;
  /** What the Pods will belong to; absent for a Pod, which says so itself. */
  readonly workload?: Workload;
}

/** Where an object has its Pod, by `kind.group` (`Pod.` is of the core group). */
const POD_POINTERS: Readonly<Record<string, string>> = {
  'Pod.': '',
  'PodTemplate.': '/template',
  'ReplicationController.': '/spec/template',
  'Deployment.apps': '/spec/template',
  'ReplicaSet.apps': '/spec/template',
  'StatefulSet.apps': '/spec/template',
  'DaemonSet.apps': '/spec/template',
  'Job.batch': '/spec/template',
  'CronJob.batch': '/spec/jobTemplate/spec/template',
};

/** All objects of the files, in order. */
export function objectsOf(files: readonly ManifestFile[], defaultNamespace: string): ManifestObject[] {
  return files.flatMap((file) =>
    file.documents.flatMap((document) =>
      unfold(document.value, '').map((found) => describe(file, document, found, defaultNamespace)),
    ),
  );
}

interface Found {
  readonly value: Readonly<Record<string, unknown>>;
  readonly pointer: string;
}

/** An object, or the items of a `List`, a `PodList`, …, which need not repeat their kind. */
function unfold(value: unknown, pointer: string): Found[] {
  if (!isRecord(value)) return [];
  const { kind, apiVersion, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [{ value, pointer }];
  const itemKind = kind.slice(0, -'List'.length);
  if (kind !== 'List' && POD_POINTERS[`${itemKind}.${groupOf(apiVersion)}`] === undefined) return [{ value, pointer }];
  return items.flatMap((item: unknown, index) => {
    const typed = isRecord(item) && kind !== 'List' ? { apiVersion, kind: itemKind, ...item } : item;
    return unfold(typed, `${pointer}/items/${index}`);
  });
}

function describe(
  file: ManifestFile,
  document: ManifestDocument,
  { value, pointer }: Found,
  defaultNamespace: string,
): ManifestObject {
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  return {
    file,
    document,
    pointer,
    value,
    apiVersion: textOf(value['apiVersion']),
    kind: textOf(value['kind']),
    name: textOf(metadata['name']) || textOf(metadata['generateName']),
    namespace: textOf(metadata['namespace']) || defaultNamespace,
  };
}

/** The place of the object's Pod; nothing for a kind that has none. */
export function podPlaceOf(object: ManifestObject): PodPlace | undefined {
  const { kind, name, apiVersion, value } = object;
  const pointer = POD_POINTERS[`${kind}.${groupOf(apiVersion)}`];
  if (pointer === undefined) return undefined;
  if (pointer === '') return { object, pointer, value };
  const workload = isWorkloadKind(kind) && name !== '' ? [{ kind, name }] : [];
  return { object, pointer, value: valueAt(value, pointer), workload };
}

/** `deployment/production/my-service`. */
export function identityOf({ kind, namespace, name }: ManifestObject): string {
  return `${kind.toLowerCase()}/${namespace}/${name === '' ? '(no name)' : name}`;
}

/** A field path for people, `spec.template.metadata`, of a JSON Pointer. */
export function fieldOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => (/^\d+$/.test(token) ? `[${token}]` : `.${token}`))
    .join('')
    .replace(/^\./, '');
}

/**
 * Annotations of ours that stand on the workload itself, where nothing reads them, and are not on its Pod template: their
 * author most likely meant the template.
 */
export function misplacedAnnotations({ object, pointer, value }: PodPlace): readonly string[] {
  if (pointer === '') return [];
  const own = annotationsOf(object.value);
  const placed = annotationsOf(value);
  return Object.keys(own).filter((key) => isRead(key) && !Object.hasOwn(placed, key));
}

/**
 * Objects of other kinds (an Argo Rollout, say) whose Pod template asks for injection: what they are is not known here, but
 * the webhook sees their Pods.
 */
export function askingStrangers(objects: readonly ManifestObject[]): ManifestObject[] {
  return objects.filter((object) => {
    const annotations = annotationsOf(valueAt(object.value, '/spec/template'));
    return podPlaceOf(object) === undefined && Object.keys(annotations).some(isRead);
  });
}

function isRead(annotation: string): boolean {
  return ANNOTATIONS.some(({ key }) => annotation === key || (/[./]$/.test(key) && annotation.startsWith(key)));
}

function annotationsOf(value: unknown): Readonly<Record<string, unknown>> {
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  const annotations = isRecord(metadata) ? metadata['annotations'] : undefined;
  return isRecord(annotations) ? annotations : {};
}

function valueAt(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce((at: unknown, key) => (isRecord(at) ? at[key] : undefined), value);
}

/** `apps` of `apps/v1`; empty for the core group. The old group of workloads counts as the one that took them over. */
function groupOf(apiVersion: unknown): string {
  const text = textOf(apiVersion);
  const group = text.includes('/') ? text.slice(0, text.indexOf('/')) : '';
  return group === 'extensions' ? 'apps' : group;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
