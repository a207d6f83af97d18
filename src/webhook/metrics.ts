import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { INJECTION_REASONS, type PodReason, SKIP_REASONS } from '../inject/index.ts';
import { CLOSE_CAUSES, type CloseCause } from '../serving/index.ts';
import type { Outcome } from './decide.ts';
import { SHED_CAUSES, type ShedCause } from './overload.ts';
import { type Refusal, REFUSAL_CODES } from './refusal.ts';

/** What the webhook counts. No label has a value from outside: outcomes, reasons and status codes are closed lists. */
export interface Metrics {
  readonly contentType: string;
  /** The text of /metrics. */
  text(): Promise<string>;
  /** A request begins; call what is returned when it has been answered. */
  beginRequest(): () => void;
  countDecision(outcome: Outcome, reason: PodReason): void;
  countRefusal(code: Refusal['code']): void;
  readonly countClosed: (cause: CloseCause) => void;
  countShed(cause: ShedCause): void;
  /** `at` in milliseconds since 1970. */
  setCertificateExpiry(at: number): void;
}

/**
 * Seconds. From a tenth of what one decision is expected to take on the wire, up to half of the longest useful deadline; the
 * API server's own histogram begins at 5 ms, where ours has three buckets below.
 */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** How often the event loop is looked at, in milliseconds; the library's 10 would wake an idle process a hundred times a second. */
const EVENT_LOOP_PRECISION_MS = 100;

/** A registry of this webhook alone: the library's global one is shared by all who import it. */
export function createMetrics(droppedLines: () => number = () => 0): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS });
  const decisions = new Counter({
    name: 'tracehook_admission_decisions_total',
    help: 'Decisions on Pods, by outcome and reason; dry runs are not counted.',
    labelNames: ['outcome', 'reason'],
    registers,
  });
  const duration = new Histogram({
    name: 'tracehook_admission_duration_seconds',
    help: 'Time from the head of a request on an injection path to its answer; dry runs are included.',
    buckets: DURATION_BUCKETS,
    registers,
  });
  const inFlight = new Gauge({
    name: 'tracehook_admission_in_flight',
    help: 'Requests on an injection path that are being answered.',
    registers,
  });
  const refused = new Counter({
    name: 'tracehook_admission_refused_total',
    help: 'Requests that were not a review, by status code of the answer.',
    labelNames: ['code'],
    registers,
  });
  let countedLines = 0;
  const lines = new Counter({
    name: 'tracehook_log_lines_dropped_total',
    help: 'Log lines that were thrown away, since whoever reads them has stopped reading.',
    registers,
    collect() {
      lines.inc(droppedLines() - countedLines);
      countedLines = droppedLines();
    },
  });
  const closed = new Counter({
    name: 'tracehook_connections_closed_total',
    help: 'Connections that were closed since there were too many, or since they stood still, by cause; both ports.',
    labelNames: ['cause'],
    registers,
  });
  const shed = new Counter({
    name: 'tracehook_admission_shed_total',
    help: 'Connections closed without an answer, since it would have come too late, by cause.',
    labelNames: ['cause'],
    registers,
  });
  const expiry = new Gauge({
    name: 'tracehook_certificate_expiry_timestamp_seconds',
    help: 'When the serving certificate in force expires, in seconds since 1970.',
    registers,
  });
  // Every combination that can occur is there from the start, at zero: a rate sees the first event too.
  const counters = new Map(
    allDecisions().map(([outcome, reason]) => [`${outcome} ${reason}`, decisions.labels({ outcome, reason })]),
  );
  for (const counter of counters.values()) counter.inc(0);
  for (const code of REFUSAL_CODES) refused.inc({ code }, 0);
  for (const cause of CLOSE_CAUSES) closed.inc({ cause }, 0);
  for (const cause of SHED_CAUSES) shed.inc({ cause }, 0);

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    beginRequest() {
      inFlight.inc();
      const begin = performance.now();
      return () => {
        inFlight.dec();
        duration.observe((performance.now() - begin) / 1_000);
      };
    },
    countDecision: (outcome, reason) => counters.get(`${outcome} ${reason}`)?.inc(),
    countRefusal: (code) => refused.inc({ code }),
    countClosed: (cause) => closed.inc({ cause }),
    countShed: (cause) => shed.inc({ cause }),
    setCertificateExpiry: (at) => expiry.set(at / 1_000),
  };
}

/** Every combination of outcome and reason that can occur. */
function allDecisions(): [Outcome, string][] {
  const { InternalError: _, ...skips } = SKIP_REASONS;
  return [
    ...Object.keys(INJECTION_REASONS).map((reason): [Outcome, string] => [
      reason === 'Injected' ? 'injected' : 'unchanged',
      reason,
    ]),
    ...Object.keys(skips).map((reason): [Outcome, string] => ['skipped', reason]),
    ['failed', 'InternalError'],
  ];
}
