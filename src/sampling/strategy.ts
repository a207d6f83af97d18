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

const name = (what: string) => Type.String({ minLength: 1, description: what, allowed: 'a name that is not empty' });

const OperationStrategySchema = Type.Object(
  {
    operation: name('Span name, as the application reports it.'),
    type: Type.Enum(['probabilistic'], { description: 'Operations are sampled by probability only.' }),
    param: probability,
  },
  { additionalProperties: false },
);

const operations = Type.Optional(
  Type.Array(OperationStrategySchema, { description: 'Strategies of single operations (span names) of the service.' }),
);

const type = Type.Enum(['probabilistic', 'ratelimiting', 'const'], { description: 'How the decision is made.' });

/** A strategy for whoever has none of its own. */
export const StrategySchema = Type.Object({ type, param, operations }, { additionalProperties: false });

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
const MOST_PER_SECOND = 2_147_483_647;

/** What is wrong with `param` for its type, or nothing. The schema has seen to its being a number of 0 or more. */
export function paramMistake(strategy: Strategy): string | undefined {
  const { type: kind, param: value } = strategy;
  switch (kind) {
    case 'probabilistic':
      return value <= 1
        ? undefined
        : `must be a number from 0 to 1 for type probabilistic (0.1 keeps 10 %), is ${value}`;
    case 'const':
      return value === 0 || value === 1 ? undefined : `must be 1 (all traces) or 0 (none) for type const, is ${value}`;
    case 'ratelimiting':
      if (value > MOST_PER_SECOND) {
        return `must be at most ${MOST_PER_SECOND} traces per second for type ratelimiting, is ${value}: Jaeger's protocol has 32 bits for it`;
      }
      return Number.isInteger(value)
        ? undefined
        : `must be a whole number of traces per second for type ratelimiting, is ${value}: Jaeger's protocol has no fractions of a trace, so servers would cut it to ${Math.trunc(value)}`;
  }
}
