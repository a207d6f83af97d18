import { isRecord } from '../record.ts';

/** What every object of the API has. All else of it is as it came. */
export interface KubeObject {
  readonly metadata: KubeMetadata;
  readonly [field: string]: unknown;
}

export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly [field: string]: unknown;
}

/** `value` itself, if it has the metadata that an object has which the API server stores. */
export function readObject(value: unknown): KubeObject | undefined {
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is KubeObject {
  if (!isRecord(value) || !isRecord(value['metadata'])) return false;
  const { name, namespace, uid, resourceVersion } = value['metadata'];
  const isPlaced = namespace === undefined || typeof namespace === 'string';
  return typeof name === 'string' && isPlaced && typeof uid === 'string' && typeof resourceVersion === 'string';
}

/** "namespace/name", or "name" for what is in no namespace. Unique among objects of one kind. */
export function keyOf({ name, namespace }: { readonly name: string; readonly namespace?: string }): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** `metadata.resourceVersion` of a list or a bookmark; `undefined` if it has none. */
export function resourceVersionOf(value: unknown): string | undefined {
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  const version = isRecord(metadata) ? metadata['resourceVersion'] : undefined;
  return typeof version === 'string' && version !== '' ? version : undefined;
}

/** Whether one is certainly older. They are decimal numbers by the API's own rules since 1.35; what is none is not compared. */
export function isOlder(version: string, than: string): boolean {
  return /^\d+$/.test(version) && /^\d+$/.test(than) && BigInt(version) < BigInt(than);
}
