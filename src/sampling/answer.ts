import { JAEGER_INITIAL_RATE, NO_OPERATIONS, operationsOf } from './compile.ts';
import type { ServiceStrategy, Strategy } from './strategy.ts';

/** What is configured for the services of one namespace, or of the cluster. */
export interface Strategies {
  readonly default: Strategy | undefined;
  readonly services: readonly ServiceStrategy[];
}

/** A share of traces, 0 to 1. */
interface Share {
  readonly samplingRate: number;
}

/**
 * Jaeger's `SamplingStrategyResponse`, as its JSON spells it. Source: jaeger-idl, proto/api_v2/sampling.proto.
 *
 * `strategyType` is a text: numbers, which Jaeger itself sent up to 2.15, are not understood by Node's clients. No field of
 * ours is added, since Go's clients refuse the whole answer for one that they do not know.
 */
export interface SamplingAnswer {
  readonly strategyType: 'PROBABILISTIC' | 'RATE_LIMITING';
  readonly probabilisticSampling?: Share;
  /** A whole number, for each process of the application. */
  readonly rateLimitingSampling?: { readonly maxTracesPerSecond: number };
  /** Clients that know it use it instead of the fields above. */
  readonly operationSampling?: {
    readonly defaultSamplingProbability: number;
    readonly defaultLowerBoundTracesPerSecond: number;
    readonly perOperationStrategies: readonly { readonly operation: string; readonly probabilisticSampling: Share }[];
  };
}

/** What Jaeger's server tells whoever has no strategy. */
export const UNCONFIGURED: Strategy = { type: 'probabilistic', param: JAEGER_INITIAL_RATE };

/**
 * What a client is told that reports `service`: the service's own strategy, else the default, else what Jaeger's server says
 * where nothing is configured.
 */
export function answerFor(strategies: Strategies, service: string): SamplingAnswer {
  const own = strategies.services.find((strategy) => strategy.service === service);
  return answerOf(servedStrategy(own, strategies.default));
}

/** A strategy in the two types that servers and clients know, with all operations that hold. */
export interface ServedStrategy {
  readonly type: 'probabilistic' | 'ratelimiting';
  readonly param: number;
  /** By operation: the share of traces, 0 to 1. */
  readonly operations: ReadonlyMap<string, number>;
  /** There are operations, but beside a rate limit nobody can be told of them. */
  readonly untold: boolean;
}

/**
 * `own`, or `fallback` where there is none. `const` becomes a share of 0 or 1: no server knows it.
 *
 * Operations of the default hold for services with a strategy of their own too, which may say otherwise for an operation: so it
 * is in Jaeger's server. Beside a rate limit they are left out. The protocol has no place for a limit in an answer with
 * operations, and a limit that is lost costs more than an operation that is sampled as all others are.
 */
export function servedStrategy(own: Strategy | undefined, fallback: Strategy | undefined): ServedStrategy {
  const { type, param } = own ?? fallback ?? UNCONFIGURED;
  const operations = operationsOf(own, fallback);
  if (type === 'ratelimiting') return { type, param, operations: NO_OPERATIONS, untold: operations.size > 0 };
  return { type: 'probabilistic', param, operations, untold: false };
}

/** The one answer to all who have this strategy. */
export function answerOf({ type, param, operations }: ServedStrategy): SamplingAnswer {
  if (type === 'ratelimiting') {
    return { strategyType: 'RATE_LIMITING', rateLimitingSampling: { maxTracesPerSecond: param } };
  }
  const answer = { strategyType: 'PROBABILISTIC', probabilisticSampling: { samplingRate: param } } as const;
  if (operations.size === 0) return answer;
  return {
    ...answer,
    operationSampling: {
      defaultSamplingProbability: param,
      defaultLowerBoundTracesPerSecond: 0,
      perOperationStrategies: Array.from(operations, ([operation, samplingRate]) => ({
        operation,
        probabilisticSampling: { samplingRate },
      })),
    },
  };
}
