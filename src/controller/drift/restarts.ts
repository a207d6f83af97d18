import { isFailure, type KubeLogger, type KubeTransport } from '../../kube/index.ts';
import type { DriftReason } from '../../inject/index.ts';
import type { Events } from '../events.ts';
import type { Maker } from './pod-groups.ts';
import { rolloutOf } from './rollout.ts';
import { at, getOrNothing, workloadPath } from './workloads.ts';

/** How workloads are restarted. */
export interface RestartOptions {
  /** Workloads under way at a time. */
  readonly atATime: number;
  readonly timing?: Partial<RestartTiming>;
}

export interface RestartTiming {
  /** How often those under way are looked at. */
  readonly pollMs: number;
  /** How long one may take to become healthy. */
  readonly limitMs: number;
  /** After how long one is looked at again that was paused, or in a rollout of its own. */
  readonly laterMs: number;
  /** How long, after it is healthy, its new Pods may be missed or stale before no further one is restarted. */
  readonly vainMs: number;
}

const TIMING: RestartTiming = { pollMs: 2_000, limitMs: 10 * 60_000, laterMs: 60_000, vainMs: 30_000 };

/** A workload that has missed or stale Pods, which a restart can mend. */
export interface Candidate {
  readonly namespace: string;
  readonly workload: Maker;
  /** The config hash that its Pods would get. */
  readonly expected: string;
}

export interface RestartParts extends RestartOptions {
  readonly transport: KubeTransport;
  readonly logger: KubeLogger;
  readonly mayWrite: () => boolean;
  readonly tell: Events['tell'];
  /** Those that there are now. */
  readonly candidates: () => Iterable<Candidate>;
  /** Milliseconds since 1970; Date.now if absent. */
  readonly now?: () => number;
}

/** Restarts workloads, a few at a time. */
export interface Restarts {
  /** A time of leading begins: nothing is known of what was restarted. */
  readonly begin: () => void;
  /** The settings have changed: what was in vain before may not be now. */
  readonly settingsChanged: () => void;
  /** Resolves when nothing more is done. */
  readonly stop: () => Promise<void>;
}

/** On the workload: the config hash that it was restarted for. Where it stands, nobody restarts it for that hash again. */
export const RESTARTED_ANNOTATION = 'tracehook.io/restarted-for';
/** On the Pod template: what `kubectl rollout restart` writes. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

interface UnderWay {
  readonly candidate: Candidate;
  readonly since: number;
  healthySince?: number;
}

/** What a look at a workload has shown. `inert`: nothing is to be done for this hash any more. */
type Look = 'ready' | 'underWay' | 'later' | 'inert';

export function createRestarts(parts: RestartParts): Restarts {
  const { transport, logger, mayWrite, tell, now = Date.now } = parts;
  const timing = { ...TIMING, ...parts.timing };
  const underWay = new Map<string, UnderWay>();
  /** By workload and hash, until when it is not looked at again. */
  const looked = new Map<string, number>();
  let inVain = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;

  /**
   * One round: first what is under way, then a look at every workload that is new, so that what another leader has begun is known
   * and counts; and only then, in the order of their names, restarts as far as there is room.
   */
  async function round(): Promise<void> {
    if (!mayWrite()) return;
    const candidates = sorted(parts.candidates());
    forget(candidates);
    for (const [key, one] of underWay) await follow(key, one, candidates.has(key));
    const ready: [string, Candidate][] = [];
    for (const [key, candidate] of candidates) {
      if (!mayWrite() || stopped) return;
      if (underWay.has(key) || (looked.get(key) ?? 0) > now()) continue;
      if ((await attempt(key, candidate, inspect))?.look === 'ready') ready.push([key, candidate]);
    }
    for (const [key, candidate] of ready) {
      if (inVain || stopped || underWay.size >= parts.atATime) return;
      await attempt(key, candidate, restart);
    }
  }

  /** One that cannot be read or written holds up no other. */
  async function attempt<T>(
    key: string,
    candidate: Candidate,
    act: (key: string, candidate: Candidate) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await act(key, candidate);
    } catch (error) {
      if (isFailure(error, 'Withheld', 'Aborted')) throw error;
      looked.set(key, now() + timing.laterMs);
      logger.info(
        { ...nameOf(candidate), error: messageOf(error) },
        'a workload could not be restarted, and is tried again',
      );
      return undefined;
    }
  }

  function forget(candidates: ReadonlyMap<string, Candidate>): void {
    for (const key of looked.keys()) if (!candidates.has(key)) looked.delete(key);
  }

  async function inspect(key: string, candidate: Candidate): Promise<{ look: Look; object?: unknown }> {
    const { namespace, workload, expected } = candidate;
    const path = workloadPath(namespace, workload);
    const object = path === undefined ? undefined : await getOrNothing(transport, path);
    const look = lookAt(object, candidate);
    if (look === 'underWay') {
      logger.info({ ...nameOf(candidate), config: expected }, 'a restart that was begun before is waited for');
      underWay.set(key, { candidate, since: restartedAt(object) ?? now() });
    } else if (look !== 'ready') {
      looked.set(key, look === 'inert' ? Number.POSITIVE_INFINITY : now() + timing.laterMs);
    }
    return { look, object };
  }

  function lookAt(object: unknown, { workload, expected }: Candidate): Look {
    if (object === undefined || at(object, 'metadata', 'uid') !== workload.uid) return 'inert';
    if (at(object, 'metadata', 'deletionTimestamp') !== undefined) return 'inert';
    const rollout = rolloutOf(workload.kind, object);
    if (at(object, 'metadata', 'annotations', RESTARTED_ANNOTATION) === expected) {
      // Longer ago than the limit: it was given up already.
      const isLate = now() - (restartedAt(object) ?? 0) > timing.limitMs;
      return rollout === 'progressing' && !isLate ? 'underWay' : 'inert';
    }
    return rollout === 'healthy' ? 'ready' : 'later';
  }

  async function restart(key: string, candidate: Candidate): Promise<void> {
    const { namespace, workload, expected } = candidate;
    // Read again: since the first look others may have come in between.
    const { look, object } = await inspect(key, candidate);
    const path = workloadPath(namespace, workload);
    if (look !== 'ready' || path === undefined) return;
    const restartedNow = new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const body = {
      metadata: {
        uid: workload.uid,
        resourceVersion: at(object, 'metadata', 'resourceVersion'),
        annotations: { [RESTARTED_ANNOTATION]: expected },
      },
      spec: { template: { metadata: { annotations: { [RESTARTED_AT]: restartedNow } } } },
    };
    // Counted before the answer: a write whose answer is lost may have taken effect.
    underWay.set(key, { candidate, since: now() });
    try {
      await transport.call({
        method: 'PATCH',
        path,
        query: { fieldManager: 'tracehook' },
        contentType: 'application/merge-patch+json',
        body,
        mayBegin: mayWrite,
      });
    } catch (error) {
      if (isRefusal(error)) underWay.delete(key);
      // Somebody else has written to it: it is looked at again in the next round.
      if (isFailure(error, 'Conflict')) return;
      throw error;
    }
    logger.info({ ...nameOf(candidate), config: expected }, 'a workload was restarted');
    say(
      candidate,
      'Normal',
      'Restarted',
      `restarted, so that its Pods are injected with the settings in force (config ${expected})`,
    );
  }

  async function follow(key: string, one: UnderWay, isDrifting: boolean): Promise<void> {
    const { candidate, since } = one;
    const path = workloadPath(candidate.namespace, candidate.workload);
    const object = path === undefined ? undefined : await getOrNothing(transport, path);
    if (object === undefined || at(object, 'metadata', 'uid') !== candidate.workload.uid)
      return void underWay.delete(key);
    if (at(object, 'metadata', 'annotations', RESTARTED_ANNOTATION) !== candidate.expected)
      return void underWay.delete(key);
    const rollout = rolloutOf(candidate.workload.kind, object);
    if (rollout === 'healthy') return settle(key, one, isDrifting);
    delete one.healthySince;
    // Who pauses it in the midst has taken it over.
    if (rollout === 'held') return void underWay.delete(key);
    if (now() - since <= timing.limitMs) return;
    underWay.delete(key);
    looked.set(key, Number.POSITIVE_INFINITY);
    logger.warn(nameOf(candidate), 'a workload that was restarted has not become healthy in time');
    const minutes = Math.round(timing.limitMs / 6_000) / 10;
    say(
      candidate,
      'Warning',
      'RestartGivenUp',
      `restarted for config ${candidate.expected}, and not healthy after ${minutes} min; it is waited for no longer`,
    );
  }

  /** It is healthy: done if its new Pods are as they should be. */
  function settle(key: string, one: UnderWay, isDrifting: boolean): void {
    one.healthySince ??= now();
    if (!isDrifting) return void underWay.delete(key);
    if (now() - one.healthySince < timing.vainMs) return;
    underWay.delete(key);
    looked.set(key, Number.POSITIVE_INFINITY);
    inVain = true;
    logger.warn(
      nameOf(one.candidate),
      'the new Pods of a restarted workload are not injected as they should be: no further one is restarted until the configuration changes',
    );
    say(
      one.candidate,
      'Warning',
      'RestartInVain',
      `restarted for config ${one.candidate.expected}, and its new Pods are missed or stale again: see whether the webhook is called; no further workload is restarted until the configuration changes`,
    );
  }

  function say(
    { namespace, workload }: Candidate,
    type: 'Normal' | 'Warning',
    reason: DriftReason,
    message: string,
  ): void {
    const { apiVersion, kind, name, uid } = workload;
    tell({ apiVersion, kind, name, uid, namespace }, { type, reason, message });
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      running = round()
        .catch((error: unknown) => {
          if (isFailure(error, 'Withheld', 'Aborted')) return;
          logger.info({ error: messageOf(error) }, 'restarts are taken up again in a moment');
        })
        .finally(schedule);
    }, timing.pollMs);
  }
  schedule();

  return {
    begin() {
      underWay.clear();
      looked.clear();
      inVain = false;
    },
    settingsChanged: () => void (inVain = false),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

/** The API server has said no: nothing was written. */
function isRefusal(error: unknown): boolean {
  return isFailure(
    error,
    'Withheld',
    'Conflict',
    'NotFound',
    'Forbidden',
    'Invalid',
    'Refused',
    'Unauthorized',
    'Throttled',
  );
}

function restartedAt(object: unknown): number | undefined {
  const text = at(object, 'spec', 'template', 'metadata', 'annotations', RESTARTED_AT);
  const ms = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Each workload once, by name. */
function sorted(candidates: Iterable<Candidate>): ReadonlyMap<string, Candidate> {
  const byKey = [...candidates].map((one) => [keyOf(one), one] as const);
  return new Map(byKey.toSorted(([one], [other]) => (one < other ? -1 : Number(one > other))));
}

function keyOf({ namespace, workload: { kind, name, uid }, expected }: Candidate): string {
  return `${namespace} ${kind} ${name} ${uid} ${expected}`;
}

function nameOf({ namespace, workload: { kind, name } }: Candidate): { readonly workload: string } {
  return { workload: `${kind} ${namespace}/${name}` };
}
