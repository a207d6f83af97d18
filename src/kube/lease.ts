import { pause } from './backoff.ts';
import { isFailure, KubeError } from './kube-error.ts';
import { heldBy, heldByNobody, type LeaseRecord, type LeaseSpec, readLease } from './lease-record.ts';
import type { KubeLogger } from './logger.ts';
import { beginTerm, type RunningTerm, type Term } from './term.ts';
import type { KubeTransport } from './transport.ts';
import { createObject, replaceObject, type WriteOptions } from './write.ts';

export interface LeaseTiming {
  /** How long the others leave a Lease alone that does not change. */
  readonly durationMs: number;
  /** How long after a renewal the leader begins writes. The rest of the duration is for what is under way then. */
  readonly renewDeadlineMs: number;
  /** Between two renewals; others look twice as often, so that a Lease which is given up has a successor at once. */
  readonly retryMs: number;
}

/** What kube-controller-manager and everyone else use. */
const TIMING: LeaseTiming = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

export interface ElectionOptions {
  readonly transport: KubeTransport;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Of this process and no other, earlier ones under the same Pod name included. */
  readonly identity: string;
  readonly timing?: Partial<LeaseTiming>;
  readonly onElected: (term: Term) => void;
  /** The term is over, and no write may begin. What it returns is waited for before a Lease is given up. */
  readonly onLost: (term: Term) => void | Promise<void>;
  readonly logger: KubeLogger;
  readonly random?: () => number;
  /** Milliseconds of a clock that nobody sets, and that goes on while the process is stopped. */
  readonly now?: () => number;
}

export interface Election {
  /** The term that runs; `undefined` while another leads, or nobody. */
  term(): Term | undefined;
  /** Ends the term, waits for `onLost`, gives the Lease up. Never rejects. */
  stop(): Promise<void>;
}

/**
 * Replicas of another version may have another duration; a Lease that says it is held for so many times our own is not believed, since
 * anybody who may write Leases can write that.
 */
const MOST_DURATIONS = 2;
/** Of the time between two looks: so that many replicas do not look at the same moment. */
const JITTER = 0.2;

/**
 * Takes part in the election of one leader, for ever.
 *
 * Only this process's own clock counts: a Lease is taken from another when it was seen unchanged for its duration. The leader counts
 * from when it *sent* a renewal, the others from when they saw it, which is later; so the leader's time is always over first, by
 * `durationMs - renewDeadlineMs` at least.
 */
export function runElection(options: ElectionOptions): Election {
  const { identity, logger, random = Math.random, now = () => performance.now() } = options;
  const timing = { ...TIMING, ...options.timing };
  const stopping = new AbortController();
  const lease = openLease(options, timing);
  let running: RunningTerm | undefined;
  let ended: Promise<void> = Promise.resolve();
  /** The last record that was seen or written, and since when its spec is that. */
  let seen: { readonly record: LeaseRecord; readonly since: number } | undefined;
  let failures = 0;

  function see(record: LeaseRecord): void {
    // Labels and annotations are no sign of life.
    const since = seen?.record.spec === record.spec ? seen.since : now();
    seen = { record, since };
  }

  /** Whether a Lease may be taken from whoever has it. */
  function isFree({ record, since }: NonNullable<typeof seen>): boolean {
    if (record.holder === '' || record.holder === identity) return true;
    const { durationMs } = timing;
    const duration = Math.min(Math.max(record.durationMs, durationMs), durationMs * MOST_DURATIONS);
    return now() - since >= duration;
  }

  /** Writes ourselves into the Lease, as it was seen; that begins or prolongs a term. */
  async function take(before: LeaseRecord | undefined): Promise<void> {
    const sentAt = now();
    const record = await lease.write(before, heldBy(identity, timing.durationMs, new Date().toISOString(), before));
    see(record);
    if (running?.term.mayWrite() === true) running.renewed(sentAt);
    else begin(record, sentAt);
  }

  function begin(record: LeaseRecord, sentAt: number): void {
    running?.end();
    if (stopping.signal.aborted) return;
    const next = beginTerm(record.transitions, sentAt, timing.renewDeadlineMs, now);
    // The answer may have taken longer than the term.
    if (!next.term.mayWrite()) return;
    running = next;
    next.term.signal.addEventListener('abort', () => finish(next), { once: true });
    logger.info({ lease: options.name, identity, term: next.term.number }, 'elected');
    void guard(() => options.onElected(next.term));
  }

  function finish(over: RunningTerm): void {
    if (running === over) running = undefined;
    logger.info({ lease: options.name, identity, term: over.term.number }, 'no longer the leader');
    const before = ended;
    ended = guard(async () => {
      await before;
      await options.onLost(over.term);
    });
  }

  /** The caller's mistakes are logged, and end nothing. */
  async function guard(callback: () => void | Promise<void>): Promise<void> {
    try {
      await callback();
    } catch (error) {
      logger.error({ lease: options.name, error: briefly(error) }, 'a change of leadership could not be taken in');
    }
  }

  async function look(): Promise<void> {
    // The leader knows the record: it wrote it. What has happened to it since, the write will tell.
    if (running?.term.mayWrite() === true && seen?.record.holder === identity) return await take(seen.record);
    const record = await lease.read();
    if (record === undefined) return await take(undefined);
    see(record);
    if (record.holder !== identity && record.holder !== '') running?.end();
    if (seen !== undefined && isFree(seen)) await take(record);
  }

  /** One look; after a write that came upon another record, one more at that. */
  async function attempt(): Promise<void> {
    try {
      await look();
    } catch (error) {
      if (!isFailure(error, 'Conflict', 'AlreadyExists', 'NotFound')) throw error;
      seen = undefined;
      await look();
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let asked: number | undefined;
      try {
        await attempt();
        failures = 0;
      } catch (error) {
        if (stopping.signal.aborted) break;
        failures += 1;
        asked = error instanceof KubeError ? error.retryAfterMs : undefined;
        report(error);
      }
      await pause(waitFor(asked ?? 0), stopping.signal);
    }
  }

  function waitFor(askedMs: number): number {
    const every = running === undefined ? timing.retryMs / 2 : timing.retryMs;
    const wait = every * (1 - JITTER * random());
    // A leader that is asked for patience has its deadline to think of.
    return Math.max(wait, running === undefined ? askedMs : Math.min(askedMs, timing.renewDeadlineMs / 4));
  }

  /** The first failure, the second, the fourth, …: all of them would fill the log. */
  function report(error: unknown): void {
    if (isFailure(error, 'Conflict', 'AlreadyExists') || !Number.isInteger(Math.log2(failures))) return;
    logger.warn({ lease: options.name, failures, error: briefly(error) }, 'the Lease could not be read or written');
  }

  async function giveUp(): Promise<void> {
    const patience = new AbortController();
    const isQuiet = await Promise.race([
      ended.then(() => true),
      pause(timing.renewDeadlineMs, patience.signal).then(() => false),
    ]);
    patience.abort();
    try {
      // What still writes keeps the Lease, which expires in its own time. Read anew: a write of ours may have gone unanswered.
      const record = isQuiet ? await lease.read() : undefined;
      if (record?.holder === identity) await lease.write(record, heldByNobody(record, new Date().toISOString()));
    } catch (error) {
      logger.warn({ lease: options.name, error: briefly(error) }, 'the Lease could not be given up, and will expire');
    }
  }

  const loop = run();
  let stopped: Promise<void> | undefined;
  return {
    term: () => (running?.term.mayWrite() === true ? running.term : undefined),
    stop() {
      stopping.abort();
      running?.end();
      stopped ??= loop.then(giveUp);
      return stopped;
    },
  };
}

interface LeaseAccess {
  /** `undefined` if there is none. */
  read(): Promise<LeaseRecord | undefined>;
  /** Creates it, or changes exactly the revision that was read. */
  write(before: LeaseRecord | undefined, spec: LeaseSpec): Promise<LeaseRecord>;
}

function openLease({ transport, namespace, name }: ElectionOptions, { renewDeadlineMs }: LeaseTiming): LeaseAccess {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const path = `${collection}/${encodeURIComponent(name)}`;
  // One call that hangs leaves time for another before the deadline.
  const timeoutMs = renewDeadlineMs / 2;
  const options: WriteOptions = { transport, fieldManager: 'tracehook-election', timeoutMs, urgent: true };
  return {
    async read() {
      try {
        return readLease(await transport.call({ method: 'GET', path, timeoutMs, urgent: true }));
      } catch (error) {
        if (isFailure(error, 'NotFound')) return undefined;
        throw error;
      }
    },
    async write(before, spec) {
      const kind = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
      if (before === undefined) {
        return readLease(await createObject(options, collection, { ...kind, metadata: { name, namespace }, spec }));
      }
      const { managedFields: _theirs, ...metadata } = before.metadata;
      return readLease(await replaceObject(options, path, { ...kind, metadata, spec }, before.revision));
    },
  };
}

function briefly(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
