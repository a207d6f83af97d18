import { isFailure, type KubeLogger, type KubeTransport, watchObjects, type WatchTiming } from '../kube/index.ts';
import { MARK, type ObjectKey, type ObjectReference, observeObject, type ObservedObject, SYNCED_OBJECTS } from '../sync/index.ts';

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

const REFERENCES: readonly ObjectReference[] = Object.values(SYNCED_OBJECTS);
const SELECTOR = Object.entries(MARK)
  .map(([label, value]) => `${label}=${value}`)
  .join(',');

/**
 * Watches what bears our mark: of the cluster's other ConfigMaps and Services nothing is ever sent. An object of one of our names
 * that somebody else made is not among them; it is found when ours cannot be created, and looked for again from time to time.
 */
export function watchOwnedObjects({ onChange, onSync, ...parts }: OwnedObjectsParts): OwnedObjects {
  const ahead = new Map<string, Ahead>();
  const watches = (['configmaps', 'services'] as const).map((collection) => {
    const references = REFERENCES.filter((reference) => reference.collection === collection);
    return {
      collection,
      watched: watchObjects<ObservedObject>({
        ...parts,
        path: `/api/v1/${collection}`,
        labelSelector: SELECTOR,
        keep(object) {
          const reference = references.find(({ name }) => name === object.metadata.name);
          return reference === undefined ? undefined : observeObject(reference, object);
        },
        onChange(change) {
          const seen = change.type === 'deleted' ? change.before : change.now;
          const [namespace = '', name = ''] = change.key.split('/');
          const key = `${collection}/${change.key}`;
          const known = ahead.get(key);
          if (known !== undefined && !isNewer(known.resourceVersion, seen.resourceVersion)) ahead.delete(key);
          // What this process wrote itself is no news.
          const isOwn = known?.resourceVersion === seen.resourceVersion && change.type !== 'deleted';
          if (name !== '' && !isOwn) onChange(namespace);
        },
        onSync,
      }),
    };
  });

  function observedOf(namespace: string, { collection, name }: ObjectReference): ObservedObject | undefined {
    const known = ahead.get(`${collection}/${namespace}/${name}`);
    if (known !== undefined) return known.observed;
    return watches.find((watch) => watch.collection === collection)?.watched.known.get(`${namespace}/${name}`);
  }
  function note(namespace: string, { collection, name }: ObjectReference, now: Ahead): void {
    ahead.set(`${collection}/${namespace}/${name}`, now);
  }
  function written(namespace: string, reference: ObjectReference, answer: unknown): void {
    const observed = observeObject(reference, answer);
    if (observed !== undefined) note(namespace, reference, { observed, resourceVersion: observed.resourceVersion });
  }
  function gone(namespace: string, reference: ObjectReference, resourceVersion: string): void {
    note(namespace, reference, { observed: undefined, resourceVersion });
  }

  return {
    synced: () => watches.every(({ watched }) => watched.synced()),
    of(namespace) {
      const found = REFERENCES.map((reference) => [reference.key, observedOf(namespace, reference)] as const);
      return Object.fromEntries(found.filter(([, observed]) => observed !== undefined));
    },
    namespaces: () =>
      new Set(watches.flatMap(({ watched }) => [...watched.known.keys()].map((key) => key.slice(0, key.indexOf('/'))))),
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
        ahead.delete(`${collection}/${namespace}/${name}`);
      }
    },
    async stop() {
      await Promise.all(watches.map(({ watched }) => watched.stop()));
    },
  };
}

/** Resource versions are decimal numbers that grow; what is none is taken to be as new as the other. */
function isNewer(one: string, other: string): boolean {
  return /^\d+$/.test(one) && /^\d+$/.test(other) && BigInt(one) > BigInt(other);
}
