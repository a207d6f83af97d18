import type { ServiceStrategy, Strategy } from './strategy.ts';

/** The strategy that holds for a service: its own, else the default; `undefined` if neither is configured. */
export function strategyFor(
  service: string | undefined,
  services: readonly ServiceStrategy[],
  fallback: Strategy | undefined,
): Strategy | undefined {
  return services.find((strategy) => strategy.service === service) ?? fallback;
}

/** What most have: a cluster has strategies by the ten thousand. */
export const NO_OPERATIONS: ReadonlyMap<string, number> = new Map();

/** The shares of single operations that hold for a service with the strategy `own`, or with the default. */
export function operationsOf(own: Strategy | undefined, fallback: Strategy | undefined): ReadonlyMap<string, number> {
  const all = [...(fallback?.operations ?? []), ...(own?.operations ?? [])];
  if (all.length === 0) return NO_OPERATIONS;
  return new Map(all.map(({ operation, param }) => [operation, param]));
}

/** A sampler as two environment variables name it: `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`. */
export interface Sampler {
  readonly sampler: string;
  readonly arg: string;
}

/**
 * The OpenTelemetry sampler that a strategy becomes when it is fixed at the application's start.
 *
 * `undefined` for `ratelimiting`, which no SDK can be told by variable. `const` gets an argument that its sampler ignores:
 * the two variables travel together, so that an argument from elsewhere never meets a sampler of ours.
 * Source: OpenTelemetry specification, "SDK environment variables", known values of `OTEL_TRACES_SAMPLER`.
 */
export function compileStatic(strategy: Strategy): Sampler | undefined {
  switch (strategy.type) {
    case 'probabilistic':
      return { sampler: 'parentbased_traceidratio', arg: String(strategy.param) };
    case 'const':
      return {
        sampler: strategy.param === 1 ? 'parentbased_always_on' : 'parentbased_always_off',
        arg: String(strategy.param),
      };
    case 'ratelimiting':
      return undefined;
  }
}

/** Jaeger's own rate until its server answers; ours where nothing better is configured. */
export const JAEGER_INITIAL_RATE = 0.001;

/** The share of traces (0 to 1) that a remote sampler begins with, before the server's first answer. */
export function initialRate(strategy: Strategy | undefined, fallback: Strategy | undefined): number {
  for (const candidate of [strategy, fallback]) {
    if (candidate !== undefined && candidate.type !== 'ratelimiting') return candidate.param;
  }
  return JAEGER_INITIAL_RATE;
}

/** The Service of that name in every opted-in namespace leads to Tracehook's sampling server. */
const SAMPLING_SERVICE = 'tracehook-sampling';

/** Where a namespace's applications reach Tracehook's sampling server. The host carries the namespace: requests do not. */
export function samplingHost(namespace: string): string {
  return `${SAMPLING_SERVICE}.${namespace}.svc`;
}

/** A label of DNS, with what may follow the namespace: `svc`, `svc` and the cluster's domain, a port. */
const SAMPLING_AUTHORITY = new RegExp(
  `^${SAMPLING_SERVICE}\\.([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\\.svc(?:\\.[a-z0-9.-]*)?)?\\.?(?::[0-9]*)?$`,
);
/** A host name of DNS has 253 characters, a dot at its end and a port six more. */
const LONGEST_AUTHORITY = 260;

/**
 * The namespace that a request's `Host` or `:authority` carries: `tracehook-sampling.<namespace>`, alone or followed by `.svc`
 * and any cluster domain, and a port. `undefined` if it carries none.
 */
export function namespaceOf(authority: string): string | undefined {
  // What is longer is no host name, and a pattern need not look at it.
  if (authority.length > LONGEST_AUTHORITY) return undefined;
  return SAMPLING_AUTHORITY.exec(authority.toLowerCase())?.[1];
}

/** Port of Jaeger's remote-sampling protocol over HTTP. */
export const SAMPLING_HTTP_PORT = 5778;
/** Port of Jaeger's remote-sampling protocol over gRPC. */
export const SAMPLING_GRPC_PORT = 5779;

/**
 * The remote sampler of the OpenTelemetry Java agent, which asks the sampling server over gRPC.
 * `rate` is the share of traces (0 to 1) until the first answer.
 */
export function compileRemote(namespace: string, rate: number): Sampler {
  const endpoint = `http://${samplingHost(namespace)}:${SAMPLING_GRPC_PORT}`;
  return { sampler: 'parentbased_jaeger_remote', arg: `endpoint=${endpoint},initialSamplingRate=${rate}` };
}
