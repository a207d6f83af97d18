import { Counter, type Registry } from 'prom-client';
import { CLOSE_CAUSES, type CloseCause } from '../serving/index.ts';

/** What was asked: a service's strategy over one of the two protocols, the whole cluster's, or what does not exist. */
const OUTCOMES = {
  http: ['service', 'default', 'unchanged', 'refused', 'failed'],
  grpc: ['service', 'default', 'refused', 'failed'],
  strategies: ['answered', 'unchanged', 'refused', 'failed'],
  other: ['answered', 'refused'],
} as const;
export type Endpoint = keyof typeof OUTCOMES;
export type Outcome = (typeof OUTCOMES)[Endpoint][number];

/** The two ports. */
export type Port = 'http' | 'grpc';

/** What the sampling server counts. No label has a value from outside. */
export interface SamplingMetrics {
  readonly countRequest: (endpoint: Endpoint, outcome: Outcome) => void;
  readonly countClosed: (port: Port, cause: CloseCause) => void;
}

/** Counters in `registry`; every combination that can occur is there from the start, at zero. */
export function createSamplingMetrics(registry: Registry): SamplingMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'tracehook_sampling_requests_total',
    help: "Requests to the sampling server, by what was asked and what came of it: the service's own strategy, the default, …",
    labelNames: ['endpoint', 'outcome'],
    registers,
  });
  const closed = new Counter({
    name: 'tracehook_sampling_connections_closed_total',
    help: 'Connections to the sampling server that were closed since there were too many, or since they stood still, by cause.',
    labelNames: ['port', 'cause'],
    registers,
  });
  for (const [endpoint, outcomes] of Object.entries(OUTCOMES)) {
    for (const outcome of outcomes) requests.inc({ endpoint, outcome }, 0);
  }
  for (const port of ['http', 'grpc'] satisfies Port[])
    for (const cause of CLOSE_CAUSES) closed.inc({ port, cause }, 0);
  return {
    countRequest: (endpoint, outcome) => requests.inc({ endpoint, outcome }),
    countClosed: (port, cause) => closed.inc({ port, cause }),
  };
}
