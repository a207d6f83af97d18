import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CLOSE_CAUSES, type CloseCause } from '../serving/index.ts';
import type { Change } from '../sync/index.ts';
import type { PodCounts } from './drift/index.ts';
import type { QueueCounts } from './queue.ts';

/** What an opted-in namespace may be, and how many are. */
export type NamespaceState = 'synced' | 'conflicting' | 'failing' | 'misconfigured' | 'pending';

const ACTIONS: readonly Change['action'][] = ['create', 'replace', 'remove'];
const OUTCOMES = ['done', 'failed', 'outdated'] as const;

/** What is looked at when the page is asked for. */
export interface Looks {
  readonly queue: () => QueueCounts;
  readonly isLeader: () => boolean;
  readonly namespaces: () => Readonly<Record<NamespaceState, number>>;
  readonly pods: () => PodCounts;
  readonly droppedLines: () => number;
}

/** What the controller counts. No label has a value from outside. */
export interface ControllerMetrics {
  readonly registry: Registry;
  readonly contentType: string;
  readonly text: () => Promise<string>;
  readonly countReconcile: (result: 'done' | 'failed', seconds: number) => void;
  readonly countWrite: (action: Change['action'], outcome: (typeof OUTCOMES)[number]) => void;
  readonly countStatusWrite: (outcome: 'done' | 'failed') => void;
  readonly countClosed: (cause: CloseCause) => void;
}

/** Seconds: from a reconcile that has nothing to do to one that waits for an API server in trouble. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** How often the event loop is looked at, in milliseconds. */
const EVENT_LOOP_PRECISION_MS = 100;

export function createControllerMetrics(looks: Looks): ControllerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS });
  gauge(
    registers,
    'tracehook_controller_queue_length',
    'Namespaces in the queue, by what they do there.',
    'state',
    () => {
      const { waiting, underWay, failing } = looks.queue();
      return { waiting, under_way: underWay, failing };
    },
  );
  gauge(
    registers,
    'tracehook_controller_namespaces',
    'Opted-in namespaces, by their state; only the leader knows.',
    'state',
    looks.namespaces,
  );
  gauge(
    registers,
    'tracehook_controller_pods',
    'Running Pods of opted-in namespaces: wanted (injected or missed), injected (stale included), missed, stale; only the leader knows.',
    'state',
    () => ({ ...looks.pods() }),
  );
  const leader: Gauge = new Gauge({
    name: 'tracehook_controller_leader',
    help: '1 for the replica that writes, else 0.',
    registers,
    collect() {
      leader.set(looks.isLeader() ? 1 : 0);
    },
  });
  const reconciles = new Counter({
    name: 'tracehook_controller_reconciles_total',
    help: 'Namespaces that were looked at, by result.',
    labelNames: ['result'],
    registers,
  });
  const duration = new Histogram({
    name: 'tracehook_controller_reconcile_duration_seconds',
    help: 'Time that one look at a namespace took, its writes included.',
    buckets: BUCKETS,
    registers,
  });
  const writes = new Counter({
    name: 'tracehook_controller_writes_total',
    help: 'Writes of the objects in namespaces, by action and outcome; outdated: something else was there than was known.',
    labelNames: ['action', 'outcome'],
    registers,
  });
  const statuses = new Counter({
    name: 'tracehook_controller_status_writes_total',
    help: 'Writes of status, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const closed = new Counter({
    name: 'tracehook_connections_closed_total',
    help: 'Connections that were closed since there were too many, or since they stood still, by cause.',
    labelNames: ['cause'],
    registers,
  });
  let countedLines = 0;
  const lines = new Counter({
    name: 'tracehook_log_lines_dropped_total',
    help: 'Log lines that were thrown away, since whoever reads them has stopped reading.',
    registers,
    collect() {
      lines.inc(looks.droppedLines() - countedLines);
      countedLines = looks.droppedLines();
    },
  });
  for (const result of ['done', 'failed']) reconciles.inc({ result }, 0);
  for (const action of ACTIONS) for (const outcome of OUTCOMES) writes.inc({ action, outcome }, 0);
  for (const outcome of ['done', 'failed']) statuses.inc({ outcome }, 0);
  for (const cause of CLOSE_CAUSES) closed.inc({ cause }, 0);

  return {
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    countReconcile(result, seconds) {
      reconciles.inc({ result });
      duration.observe(seconds);
    },
    countWrite: (action, outcome) => writes.inc({ action, outcome }),
    countStatusWrite: (outcome) => statuses.inc({ outcome }),
    countClosed: (cause) => closed.inc({ cause }),
  };
}

/** A gauge of one label, set when it is asked for. */
function gauge(
  registers: Registry[],
  name: string,
  help: string,
  label: string,
  look: () => Readonly<Record<string, number>>,
): void {
  const one = new Gauge({
    name,
    help,
    labelNames: [label],
    registers,
    collect() {
      for (const [value, count] of Object.entries(look())) one.set({ [label]: value }, count);
    },
  });
}
