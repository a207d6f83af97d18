import { isRecord } from '../record.ts';
import { KubeError } from './kube-error.ts';
import type { KubeCall, KubeTransport } from './transport.ts';

/** What goes for every write. */
export interface WriteOptions extends Pick<KubeCall, 'mayBegin' | 'signal' | 'timeoutMs' | 'urgent'> {
  readonly transport: KubeTransport;
  /** Whose fields the written ones are. */
  readonly fieldManager: string;
}

/** An object as it is sent: all of it that matters, as the API has it. */
export type SentObject = Readonly<Record<string, unknown>> & {
  readonly metadata: Readonly<Record<string, unknown>>;
};

/** Which revision of which object a write is meant for. */
export interface Precondition {
  readonly uid: string;
  readonly resourceVersion: string;
}

/**
 * Server-side apply, for objects that others write to as well: takes and keeps exactly the fields that `object` has.
 *
 * @param path of the object itself; it is created if it is not there.
 * @param force take fields from whoever has them; else that is a `Conflict`.
 * @returns the object as it is now. @throws KubeError
 */
export async function applyObject(
  { transport, fieldManager, ...options }: WriteOptions,
  path: string,
  object: SentObject,
  force = false,
): Promise<unknown> {
  const query = { fieldManager, fieldValidation: 'Strict', ...(force ? { force: 'true' } : {}) };
  // JSON is YAML.
  return await transport.call({
    ...options,
    method: 'PATCH',
    path,
    query,
    body: object,
    contentType: 'application/apply-patch+yaml',
  });
}

/**
 * Creates an object, and never touches one that is there already: that is an `AlreadyExists`.
 *
 * @param path of the collection. @returns the object as it is now. @throws KubeError
 */
export async function createObject(
  { transport, fieldManager, ...options }: WriteOptions,
  path: string,
  object: SentObject,
): Promise<unknown> {
  return await transport.call({ ...options, method: 'POST', path, query: { fieldManager }, body: object });
}

/**
 * Replaces an object that is wholly ours: all of it, in one write, and only if it is still the revision that was read. Anything
 * else, another object of the same name included, is a `Conflict`, or `NotFound`.
 *
 * @param path of the object itself. @returns the object as it is now. @throws KubeError
 */
export async function replaceObject(
  { transport, fieldManager, ...options }: WriteOptions,
  path: string,
  object: SentObject,
  { uid, resourceVersion }: Precondition,
): Promise<unknown> {
  const body = { ...object, metadata: { ...object.metadata, uid, resourceVersion } };
  return await transport.call({ ...options, method: 'PUT', path, query: { fieldManager }, body });
}

/**
 * Deletes one revision of one object; what depends on it goes in the background. `Conflict` if it is another by now. One that is
 * gone already is as good as deleted.
 *
 * @param path of the object itself. @throws KubeError
 */
export async function deleteObject(
  { transport, fieldManager: _unused, ...options }: WriteOptions,
  path: string,
  preconditions: Precondition,
): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy: 'Background' };
  try {
    await transport.call({ ...options, method: 'DELETE', path, body });
  } catch (error) {
    if (!(error instanceof KubeError) || error.failure !== 'NotFound') throw error;
  }
}

/** The revision of an object that was read or written. @throws KubeError BadAnswer if it has none. */
export function revisionOf(object: unknown): Precondition {
  const metadata = isRecord(object) && isRecord(object['metadata']) ? object['metadata'] : {};
  const { uid, resourceVersion } = metadata;
  if (typeof uid === 'string' && typeof resourceVersion === 'string') return { uid, resourceVersion };
  throw new KubeError('BadAnswer', 'an object without uid and resourceVersion');
}
