import { isRecord } from '../record.ts';
import { fingerprintOf, listOf, recordOf } from './fingerprint.ts';
import { isMarked, MARK, type ObjectReference } from './objects.ts';

/** What is kept of one of the three objects as it is: a few hundred bytes, whatever somebody wrote into it. */
export interface ObservedObject {
  readonly uid: string;
  readonly resourceVersion: string;
  /** It bears our mark. */
  readonly ours: boolean;
  /** It is to be deleted, and waits for somebody's finalizer. */
  readonly deleting: boolean;
  /** Its content cannot be changed any more. */
  readonly immutable: boolean;
  /** Stands for what we write, and for nothing that others or the server's defaults add. Empty if it is not ours. */
  readonly fingerprint: string;
  /** What others wrote into the metadata of an object of ours. */
  readonly others: OthersMetadata;
}

/** Metadata that is none of ours, and is kept. The values are as the API server sent them. */
export interface OthersMetadata {
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly finalizers?: readonly unknown[];
  readonly ownerReferences?: readonly unknown[];
}

/** Shared by the many that nobody has touched. */
const NOTHING: OthersMetadata = {};

/**
 * Reads one of the three as the API server sends it (GET, LIST, a watch's event, or the answer to a write). `undefined` for what
 * has no uid or resourceVersion, and so is no object of a server.
 */
export function observeObject({ kind }: Pick<ObjectReference, 'kind'>, value: unknown): ObservedObject | undefined {
  if (!isRecord(value)) return undefined;
  const metadata = recordOf(value['metadata']);
  const { uid, resourceVersion } = metadata;
  if (typeof uid !== 'string' || typeof resourceVersion !== 'string') return undefined;
  const ours = isMarked(recordOf(metadata['labels']));
  return {
    uid,
    resourceVersion,
    ours,
    deleting: typeof metadata['deletionTimestamp'] === 'string',
    immutable: value['immutable'] === true,
    fingerprint: ours ? fingerprintOf(kind, value) : '',
    others: ours ? othersMetadata(metadata) : NOTHING,
  };
}

function othersMetadata(metadata: Readonly<Record<string, unknown>>): OthersMetadata {
  const labels = Object.entries(recordOf(metadata['labels'])).filter(([label]) => !Object.hasOwn(MARK, label));
  const annotations = recordOf(metadata['annotations']);
  const finalizers = listOf(metadata['finalizers']);
  const ownerReferences = listOf(metadata['ownerReferences']);
  const found: OthersMetadata = {
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(finalizers.length === 0 ? {} : { finalizers }),
    ...(ownerReferences.length === 0 ? {} : { ownerReferences }),
  };
  return Object.keys(found).length === 0 ? NOTHING : found;
}
