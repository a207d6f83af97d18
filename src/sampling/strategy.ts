import { type Static, Type } from 'typebox';

/**
 * Sampling strategies as users write them: the four shapes of Jaeger's strategies file (probabilistic, ratelimiting, const,
 * and any of them with operations), for one service or as a default.
 */

const PARAM_OF_TYPE =
  'probabilistic: the share of traces, 0 to 1; ratelimiting: traces per second, a whole number of 0 or more; const: 1 (all) or 0 (none)';

const param = Type.Number({
  minimum: 0,
  description: `What the type needs. ${PARAM_OF_TYPE}.`,
  allowed: `a number that fits the type (${PARAM_OF_TYPE})`,
});

const probability = Type.Number({
  minimum: 0,
  maximum: 1,
  description: 'The share of traces to keep, 0 to 1.',
  allowed: 'a number from 0 to 1',
});

/** Of services and of operations. Kubernetes' own names are shorter. */
const LONGEST_NAME = 255;
/** About as many as fit an object of the API server, which takes 1.5 MB. */
export const MOST_SERVICES = 10_000;
/** Times the services that is a million, each with two rules of at most five units: the API server lets a rule cost ten million. */
const MOST_OPERATIONS = 100;

const name = (what: string) =>
  Type.String({ minLength: 1, maxLength: LONGEST_NAME, description: what, allowed: 'a name that is not empty' });

const OperationStrategySchema = Type.Object(
  {
    operation: name('Span name, as the application reports it.'),
    type: Type.Enum(['probabilistic'], { description: 'Operations are sampled by probability only.' }),
    param: probability,
  },
  { additionalProperties: false },
);

const operations = Type.Optional(
  Type.Array(OperationStrategySchema, {
    maxItems: MOST_OPERATIONS,
    description: `Strategies of single operations (span names) of the service, at most ${MOST_OPERATIONS}.`,
  }),
);

const type = Type.Enum(['probabilistic', 'ratelimiting', 'const'], { description: 'How the decision is made.' });

/** A strategy for whoever has none of its own. */
export const StrategySchema = Type.Object(
  { type, param, operations },
  { additionalProperties: false, description: 'The strategy of services that have none of their own.' },
);

/** A strategy of one service. */
export const ServiceStrategySchema = Type.Object(
  { service: name('Service name, as the application reports it (service.name).'), type, param, operations },
  { additionalProperties: false },
);

/** A sampling strategy; `param` is a share (0 to 1), traces per second, or 0/1, according to `type`. */
export type Strategy = Static<typeof StrategySchema>;

/** A sampling strategy and the service that it is for. */
export type ServiceStrategy = Static<typeof ServiceStrategySchema>;

/** 2^31 - 1: `maxTracesPerSecond` is an int32, and servers cut what is larger. */
export const MOST_PER_SECOND = 2_147_483_647;

/** What `param` must be for each type, and why: in messages about files and in those of the API server. */
export const PARAM_SENTENCES = {
  probabilistic: { allowed: 'a number from 0 to 1 for type probabilistic (0.1 keeps 10 %)' },
  const: { allowed: '1 (all traces) or 0 (none) for type const' },
  most: {
    allowed: `at most ${MOST_PER_SECOND} traces per second for type ratelimiting`,
    why: "Jaeger's protocol has 32 bits for it",
  },
  whole: {
    allowed: 'a whole number of traces per second for type ratelimiting',
    why: "Jaeger's protocol has no fractions of a trace",
  },
} as const;

/** What is wrong with `param` for its type, or nothing. The schema has seen to its being a number of 0 or more. */
export function paramMistake(strategy: Strategy): string | undefined {
  const { type: kind, param: value } = strategy;
  switch (kind) {
    case 'probabilistic':
      return value <= 1 ? undefined : `must be ${PARAM_SENTENCES.probabilistic.allowed}, is ${value}`;
    case 'const':
      return value === 0 || value === 1 ? undefined : `must be ${PARAM_SENTENCES.const.allowed}, is ${value}`;
    case 'ratelimiting':
      if (value > MOST_PER_SECOND) {
        return `must be ${PARAM_SENTENCES.most.allowed}, is ${value}: ${PARAM_SENTENCES.most.why}`;
      }
      return Number.isInteger(value)
        ? undefined
        : `must be ${PARAM_SENTENCES.whole.allowed}, is ${value}: ${PARAM_SENTENCES.whole.why}, so servers would cut it to ${Math.trunc(value)}`;
  }
}
