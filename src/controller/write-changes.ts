import { isFailure, type KubeTransport } from '../kube/index.ts';
import type { Change } from '../sync/index.ts';
import type { OwnedObjects } from './owned-objects.ts';

export interface WriteParts {
  readonly transport: KubeTransport;
  readonly objects: OwnedObjects;
  /** Whether a write may begin: asked directly before each. */
  readonly mayWrite: () => boolean;
  readonly countWrite: (action: Change['action'], outcome: 'done' | 'failed' | 'outdated') => void;
}

/** A change that was not made, and why. */
export interface Refused {
  readonly change: Change;
  /** What the API server said. */
  readonly message: string;
  readonly error: unknown;
}

/**
 * Makes the changes of a namespace, side by side: they do not depend on each other.
 *
 * @returns those that failed, and whether the plan is to be made anew: one came upon something else than was known, which was
 * looked at, or made room for an object that is to be created.
 */
export async function writeChanges(
  namespace: string,
  changes: readonly Change[],
  parts: WriteParts,
): Promise<{ readonly refused: readonly Refused[]; readonly again: boolean }> {
  const refused: Refused[] = [];
  let again = false;
  await Promise.all(
    changes.map(async (change) => {
      const end = parts.objects.writing(namespace, change.reference);
      try {
        await write(namespace, change, parts);
        parts.countWrite(change.action, 'done');
        if (change.why === 'immutable') again = true;
      } catch (error) {
        if (isFailure(error, 'AlreadyExists', 'Conflict', 'NotFound') && !isEnding(error)) {
          parts.countWrite(change.action, 'outdated');
          again = true;
          await parts.objects.look(namespace, change.reference);
          return;
        }
        parts.countWrite(change.action, 'failed');
        refused.push({ change, message: error instanceof Error ? error.message : 'unknown', error });
      } finally {
        end();
      }
    }),
  );
  return { refused, again };
}

/** The namespace itself is going, or gone: there is nothing to look at. */
function isEnding(error: { readonly causes: readonly string[] }): boolean {
  return error.causes.includes('NamespaceTerminating');
}

async function write(namespace: string, change: Change, { transport, objects, mayWrite }: WriteParts): Promise<void> {
  const { reference } = change;
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${reference.collection}`;
  const path = `${collection}/${reference.name}`;
  const query = { fieldManager: 'tracehook' };
  switch (change.action) {
    case 'create':
      return objects.written(
        namespace,
        reference,
        await transport.call({ method: 'POST', path: collection, query, body: change.body, mayBegin: mayWrite }),
      );
    case 'replace':
      return objects.written(
        namespace,
        reference,
        await transport.call({ method: 'PUT', path, query, body: change.body, mayBegin: mayWrite }),
      );
    case 'remove':
      await transport.call({ method: 'DELETE', path, body: change.body, mayBegin: mayWrite });
      return objects.gone(namespace, reference, change.body.preconditions.resourceVersion);
  }
}
