import { BACKOFF, type Backoff, backoffMs, pause, waitMs } from './backoff.ts';
import { isFailure, KubeError } from './kube-error.ts';
import { isOlder, readObject, resourceVersionOf } from './kube-object.ts';
import { listAll } from './list.ts';
import type { KubeLogger } from './logger.ts';
import { type Change, createStore, type StoreOptions } from './store.ts';
import type { KubeTransport } from './transport.ts';
import type { WatchEvent } from './watch-stream.ts';

export interface WatchTiming {
  readonly backoff: Backoff;
  /** Objects a page of a list. */
  readonly pageSize: number;
  /** Deadline of each page, and of the head of a watch's answer. */
  readonly callMs: number;
  /** How long a watch may last, drawn anew for each: the server ends it then. Whole seconds. */
  readonly watchSeconds: readonly [least: number, most: number];
  /** After how long without a word a watch is taken to be dead, drawn anew for each. Bookmarks come every 60 s. */
  readonly silenceMs: readonly [least: number, most: number];
  /** A watch that stood so long was a good one: the next failure is the first. */
  readonly settledMs: number;
}

const TIMING: WatchTiming = {
  backoff: BACKOFF,
  pageSize: 500,
  callMs: 30_000,
  // Apart from each other, so that the watches of a restarted API server do not come back together for ever.
  watchSeconds: [300, 600],
  silenceMs: [75_000, 90_000],
  settledMs: 5_000,
};

export interface WatchOptions<T> extends Pick<StoreOptions<T>, 'keep'> {
  readonly transport: KubeTransport;
  /** Of the collection, as in "/apis/tracehook.io/v1alpha1/tracingconfigs". */
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Asks for metadata alone; all else of the objects is then never sent. */
  readonly metadataOnly?: boolean;
  /** Each change, when the store has it already. The objects of the first list are `added`. What it throws is logged. */
  readonly onChange: (change: Change<T>) => void;
  /** The first list is complete. Called once. */
  readonly onSync?: () => void;
  readonly logger: KubeLogger;
  readonly timing?: Partial<WatchTiming>;
  readonly random?: () => number;
}

/** The objects of one kind, kept as the cluster has them. */
export interface WatchedObjects<T> {
  /** What is known, by "namespace/name" or "name". Empty until the first list; stays as it is while the server is away. */
  readonly known: ReadonlyMap<string, T>;
  /** Whether the first list is complete. */
  synced(): boolean;
  /** Why what is known may be old: the last failure, since when there was no good watch; `undefined` while one stands. */
  trouble(): KubeError | undefined;
  /** Gives up what is under way; resolves when nothing is called any more. */
  stop(): Promise<void>;
}

/**
 * Lists, then watches, for ever: whatever the server or the network does, it comes back with growing pauses, and what was missed is
 * told as if it had been watched.
 */
export function watchObjects<T>(options: WatchOptions<T>): WatchedObjects<T> {
  const { transport, path, logger, random = Math.random } = options;
  const timing = { ...TIMING, ...options.timing };
  const accept = acceptFor(options.metadataOnly ?? false);
  const query = selectors(options);
  const stopping = new AbortController();
  const { signal } = stopping;
  const store = createStore<T>({
    keep: options.keep,
    onChange: (change) => {
      if (!signal.aborted) options.onChange(change);
    },
    onMistake: (error) => logger.error({ path, error: briefly(error) }, 'a watched object could not be taken in'),
  });
  /** The resource version up to which everything is known; `undefined` where only a list can tell. */
  let position: string | undefined;
  let synced = false;
  let failures = 0;
  let trouble: KubeError | undefined;

  async function list(): Promise<void> {
    const listing = store.beginList();
    const { backoff, pageSize, callMs } = timing;
    const shape = { transport, path, query, accept: accept.list, signal, pageSize, callMs, backoff, random };
    position = await listAll(shape, listing.see);
    listing.end();
    if (synced) return;
    synced = true;
    try {
      options.onSync?.();
    } catch (error) {
      logger.error({ path, error: briefly(error) }, 'the end of the first list could not be taken in');
    }
  }

  async function watch(from: string): Promise<void> {
    let isOpen = false;
    const { watchSeconds, silenceMs, callMs } = timing;
    const timeoutSeconds = String(Math.round(between(watchSeconds, random)));
    const onOpen = (): void => {
      isOpen = true;
      if (trouble !== undefined) logger.info({ path, failures }, 'watching again');
      trouble = undefined;
    };
    try {
      await transport.watch(
        {
          path,
          query: { ...query, resourceVersion: from, timeoutSeconds },
          accept: accept.watch,
          signal,
          answerMs: callMs,
          silenceMs: between(silenceMs, random),
          onOpen,
        },
        takeIn,
      );
    } catch (error) {
      // Silence may also come from a server which has nothing to tell of so late a position: a cluster that was restored from an older
      // copy, and is blind to us until it has grown past it.
      if (isOpen && isFailure(error, 'Timeout')) position = undefined;
      throw error;
    }
  }

  function takeIn({ type, object }: WatchEvent): void {
    const version = resourceVersionOf(object);
    // Restored from an older copy, as above, but by a server that says where it is.
    if (type === 'BOOKMARK' && version !== undefined && position !== undefined && isOlder(version, position)) {
      throw new KubeError('Expired', `WATCH ${path}: the server has gone back in time`, { reason: 'WentBack' });
    }
    const whole = type === 'BOOKMARK' ? undefined : readObject(object);
    if (whole !== undefined && type === 'DELETED') store.remove(whole);
    else if (whole !== undefined) store.put(whole);
    position = version ?? position;
  }

  /** A list if there is need for one, then a watch to its end. */
  async function round(): Promise<void> {
    if (position === undefined) await list();
    const startedAt = performance.now();
    const isSettled = (): boolean => performance.now() - startedAt >= timing.settledMs;
    try {
      if (position !== undefined) await watch(position);
      // Servers end watches after minutes. What ends them at once would have us ask again at once, for ever.
      if (!isSettled()) throw new KubeError('Unreachable', `WATCH ${path}: ended early`, { reason: 'EndedEarly' });
      failures = 0;
    } catch (error) {
      if (isSettled()) failures = 0;
      throw error;
    }
  }

  async function recover(error: unknown): Promise<void> {
    failures += 1;
    const failure = error instanceof KubeError ? error : new KubeError('BadAnswer', `${path}: ${briefly(error)}`);
    if (needsList(failure)) position = undefined;
    trouble = failure;
    const { reason, status } = failure;
    const fields = { path, failure: failure.failure, reason, status, failures };
    if (failures === 1) logger.info(fields, 'the watch has ended, and is taken up again');
    else logger.warn(fields, 'the cluster cannot be watched, and is tried again');
    // What an expired position needs is a list, not patience; but only once.
    if (failure.failure === 'Expired' && failures === 1) return;
    await pause(waitMs(backoffMs(failures, timing.backoff, random), failure.retryAfterMs), signal);
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await round();
      } catch (error) {
        if (!signal.aborted) await recover(error);
      }
    }
  }

  const running = run();
  return {
    known: store.known,
    synced: () => synced,
    trouble: () => trouble,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Where no answer came, or one that says nothing of our position, the watch is taken up where it ended. */
function needsList(error: KubeError): boolean {
  if (isFailure(error, 'ServerError')) return error.causes.includes('ResourceVersionTooLarge');
  return !isFailure(error, 'Unreachable', 'Untrusted', 'Timeout', 'Throttled', 'Unauthorized');
}

const PARTIAL = 'g=meta.k8s.io;v=v1';

function acceptFor(metadataOnly: boolean): { readonly list: string; readonly watch: string } {
  if (!metadataOnly) return { list: 'application/json', watch: 'application/json' };
  return {
    list: `application/json;as=PartialObjectMetadataList;${PARTIAL}`,
    watch: `application/json;as=PartialObjectMetadata;${PARTIAL}`,
  };
}

function selectors({ labelSelector, fieldSelector }: Pick<WatchOptions<unknown>, 'labelSelector' | 'fieldSelector'>) {
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

function between([least, most]: readonly [number, number], random: () => number): number {
  return least + random() * (most - least);
}

function briefly(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
