import { keyOf, type KubeObject } from './kube-object.ts';

/** What happened to an object since it was last told of. A relist is told in the same way. */
export type Change<T> =
  | { readonly type: 'added'; readonly key: string; readonly now: T }
  | { readonly type: 'changed'; readonly key: string; readonly before: T; readonly now: T }
  | { readonly type: 'deleted'; readonly key: string; readonly before: T };

export interface StoreOptions<T> {
  /** What is to be remembered of an object; `undefined` for one that is of no interest. Must not keep the object itself alive. */
  readonly keep: (object: KubeObject) => T | undefined;
  /** Called when the store has it already. */
  readonly onChange: (change: Change<T>) => void;
  /** `keep` or `onChange` threw. It is the caller's mistake; the store goes on. */
  readonly onMistake: (error: unknown) => void;
}

/** What is known of the objects of one kind. */
export interface Store<T> {
  readonly known: ReadonlyMap<string, T>;
  put(object: KubeObject): void;
  remove(object: KubeObject): void;
  /** Takes a whole list in, item by item; `end` removes what it did not have. */
  beginList(): { readonly see: (object: KubeObject) => void; readonly end: () => void };
}

interface Revision {
  readonly uid: string;
  readonly resourceVersion: string;
}

export function createStore<T>({ keep, onChange, onMistake }: StoreOptions<T>): Store<T> {
  const known = new Map<string, T>();
  const revisions = new Map<string, Revision>();

  function tell(change: Change<T>): void {
    try {
      onChange(change);
    } catch (error) {
      onMistake(error);
    }
  }

  function forget(key: string): void {
    const before = known.get(key);
    revisions.delete(key);
    if (before === undefined) return;
    known.delete(key);
    tell({ type: 'deleted', key, before });
  }

  function put(object: KubeObject): void {
    const { uid, resourceVersion } = object.metadata;
    const key = keyOf(object.metadata);
    const revision = revisions.get(key);
    if (revision?.uid === uid && revision.resourceVersion === resourceVersion) return;
    // Another object of the same name: the end of the first was missed.
    if (revision !== undefined && revision.uid !== uid) forget(key);
    let now: T | undefined;
    try {
      now = keep(object);
    } catch (error) {
      return onMistake(error);
    }
    if (now === undefined) return forget(key);
    const before = known.get(key);
    known.set(key, now);
    revisions.set(key, { uid, resourceVersion });
    tell(before === undefined ? { type: 'added', key, now } : { type: 'changed', key, before, now });
  }

  return {
    known,
    put,
    remove: (object) => forget(keyOf(object.metadata)),
    beginList() {
      const seen = new Set<string>();
      return {
        see(object) {
          seen.add(keyOf(object.metadata));
          put(object);
        },
        end() {
          for (const key of known.keys()) if (!seen.has(key)) forget(key);
        },
      };
    },
  };
}
