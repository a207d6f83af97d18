import { isFailure, type KubeLogger, type KubeTransport, watchObjects, type WatchTiming } from '../kube/index.ts';
import {
  type ObjectKey,
  type ObjectReference,
  observeObject,
  type ObservedObject,
  SYNCED_OBJECTS,
} from '../sync/index.ts';

export interface OwnedObjectsParts {
  readonly transport: KubeTransport;
  readonly logger: KubeLogger;
  readonly timing?: Partial<WatchTiming>;
  /** Something of ours in that namespace has changed, and not by a write of this process. */
  readonly onChange: (namespace: string) => void;
  readonly onSync: () => void;
}

/** The objects that the controller keeps, as they are, in every namespace. */
export interface OwnedObjects {
  readonly synced: () => boolean;
  readonly of: (namespace: string) => Readonly<Partial<Record<ObjectKey, ObservedObject>>>;
  /** Namespaces that have any of ours. */
  readonly namespaces: () => Iterable<string>;
  /**
   * A write of ours begins. What the watch tells of the object meanwhile may be that write, and is judged when it has ended.
   * @returns to be called at its end, after `written` or `gone`.
   */
  readonly writing: (namespace: string, reference: ObjectReference) => () => void;
  /** The answer to a write of ours: it counts until the watch has come as far. */
  readonly written: (namespace: string, reference: ObjectReference, answer: unknown) => void;
  /** The object is gone, or was never there. */
  readonly gone: (namespace: string, reference: ObjectReference, resourceVersion: string) => void;
  /** Asks the API server what is there, since a write has come upon something else than was known. */
  readonly look: (namespace: string, reference: ObjectReference) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What is known beyond the watch. */
interface Ahead {
  readonly observed: ObservedObject | undefined;
  /** Up to which the watch has to come. */
  readonly resourceVersion: string;
}

/** A watch tells of a write within milliseconds; after so long it has missed it. */
const PATIENCE_MS = 30_000;
const REFERENCES: readonly ObjectReference[] = Object.values(SYNCED_OBJECTS);

/**
 * Watches what has one of our names, whoever made it: of the cluster's other ConfigMaps and Services nothing is ever sent, and an
 * object of somebody else's is known before we try to create ours.
 */
export function watchOwnedObjects({ onChange, onSync, ...parts }: OwnedObjectsParts): OwnedObjects {
  const ahead = new Map<string, Ahead>();
  /** Of the objects that are being written: the resource versions that the watch has told of meanwhile. */
  const told = new Map<string, string[]>();
  const watches = new Map(
    REFERENCES.map((reference) => [
      reference.key,
      watchObjects<ObservedObject>({
        ...parts,
        path: `/api/v1/${reference.collection}`,
        fieldSelector: `metadata.name=${reference.name}`,
        keep(object) {
          const { namespace = '', uid, resourceVersion } = object.metadata;
          const observed = ahead.get(keyOf(namespace, reference))?.observed;
          // What the answer to our write has said already is in memory once.
          const isSame = observed?.resourceVersion === resourceVersion && observed.uid === uid;
          return isSame ? observed : observeObject(reference, object);
        },
        onChange(change) {
          const seen = change.type === 'deleted' ? change.before : change.now;
          const namespace = namespaceOf(change.key);
          const key = keyOf(namespace, reference);
          const known = ahead.get(key);
          if (known !== undefined && !isNewer(known.resourceVersion, seen.resourceVersion)) ahead.delete(key);
          const toldMeanwhile = told.get(key);
          if (toldMeanwhile !== undefined) toldMeanwhile.push(seen.resourceVersion);
          // What this process wrote itself is no news.
          else if (known?.resourceVersion !== seen.resourceVersion) onChange(namespace);
        },
        onSync,
      }),
    ]),
  );
  const all = [...watches.values()];

  function observedOf(namespace: string, reference: ObjectReference): ObservedObject | undefined {
    const known = ahead.get(keyOf(namespace, reference));
    return known === undefined
      ? watches.get(reference.key)?.known.get(`${namespace}/${reference.name}`)
      : known.observed;
  }
  function note(namespace: string, reference: ObjectReference, now: Ahead): void {
    ahead.set(keyOf(namespace, reference), now);
  }
  function writing(namespace: string, reference: ObjectReference): () => void {
    const key = keyOf(namespace, reference);
    const versions: string[] = [];
    told.set(key, versions);
    return () => {
      told.delete(key);
      const known = ahead.get(key);
      // The watch was faster than the answer.
      if (known !== undefined && versions.some((version) => !isNewer(known.resourceVersion, version)))
        ahead.delete(key);
      if (versions.some((version) => version !== known?.resourceVersion)) onChange(namespace);
      const left = ahead.get(key);
      if (left !== undefined) setTimeout(() => expire(namespace, key, left), PATIENCE_MS).unref();
    };
  }
  /** The watch never told of it: what was written is gone again, and nobody saw it. */
  function expire(namespace: string, key: string, known: Ahead): void {
    if (ahead.get(key) !== known) return;
    ahead.delete(key);
    onChange(namespace);
  }
  function written(namespace: string, reference: ObjectReference, answer: unknown): void {
    const observed = observeObject(reference, answer);
    if (observed !== undefined) note(namespace, reference, { observed, resourceVersion: observed.resourceVersion });
  }
  function gone(namespace: string, reference: ObjectReference, resourceVersion: string): void {
    note(namespace, reference, { observed: undefined, resourceVersion });
  }

  return {
    synced: () => all.every((watched) => watched.synced()),
    of(namespace) {
      const found = REFERENCES.map((reference) => [reference.key, observedOf(namespace, reference)] as const);
      return Object.fromEntries(found.filter(([, observed]) => observed !== undefined));
    },
    namespaces: () =>
      new Set(all.flatMap(({ known }) => [...known].filter(([, { ours }]) => ours).map(([key]) => namespaceOf(key)))),
    writing,
    written,
    gone,
    async look(namespace, reference) {
      const { collection, name } = reference;
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${collection}/${name}`;
      try {
        written(namespace, reference, await parts.transport.call({ method: 'GET', path }));
      } catch (error) {
        if (!isFailure(error, 'NotFound')) throw error;
        // The watch knows better from here on.
        ahead.delete(keyOf(namespace, reference));
      }
    },
    async stop() {
      await Promise.all(all.map((watched) => watched.stop()));
    },
  };
}

function namespaceOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

function keyOf(namespace: string, { key }: ObjectReference): string {
  return `${namespace} ${key}`;
}

/** Resource versions are decimal numbers that grow; what is none is taken to be as new as the other. */
function isNewer(one: string, other: string): boolean {
  return /^\d+$/.test(one) && /^\d+$/.test(other) && BigInt(one) > BigInt(other);
}
