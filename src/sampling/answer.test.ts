import { describe, expect, it } from 'vitest';
import { answerFor, namespaceOf, type Strategies, type Strategy } from './index.ts';

const health = { operation: 'GET /health', type: 'probabilistic', param: 0 } as const;
const checkout = { operation: 'POST /checkout', type: 'probabilistic', param: 1 } as const;

function answerTo(own: Strategy | undefined, fallback?: Strategy): ReturnType<typeof answerFor> {
  const strategies: Strategies = {
    default: fallback,
    services:
      own === undefined
        ? []
        : [
            { service: 'other', type: 'const', param: 1 },
            { service: 'cart', ...own },
          ],
  };
  return answerFor(strategies, 'cart');
}

const share = (samplingRate: number) => ({
  strategyType: 'PROBABILISTIC',
  probabilisticSampling: { samplingRate },
});

describe('the answer to a service', () => {
  it('is its own strategy', () => {
    expect(answerTo({ type: 'probabilistic', param: 0.5 }, { type: 'const', param: 1 })).toEqual(share(0.5));
  });
  it('is the default, if it has none', () => {
    expect(answerTo(undefined, { type: 'probabilistic', param: 0.25 })).toEqual(share(0.25));
  });
  it('is what Jaeger says, if nothing is configured', () => {
    expect(answerTo(undefined)).toEqual(share(0.001));
  });
  it.each([0, 1])('is a share of %d for a constant decision, which no server knows', (param) => {
    expect(answerTo({ type: 'const', param })).toEqual(share(param));
  });
  it('is a whole number of traces per second for a rate limit', () => {
    expect(answerTo({ type: 'ratelimiting', param: 100 })).toEqual({
      strategyType: 'RATE_LIMITING',
      rateLimitingSampling: { maxTracesPerSecond: 100 },
    });
  });
});

describe('operations in an answer', () => {
  const operations = (answer: ReturnType<typeof answerFor>) =>
    answer.operationSampling?.perOperationStrategies.map(({ operation, probabilisticSampling }) => [
      operation,
      probabilisticSampling.samplingRate,
    ]);

  it('stand beside the share of all others, in both places where clients look for it', () => {
    expect(answerTo({ type: 'probabilistic', param: 0.5, operations: [health] })).toEqual({
      ...share(0.5),
      operationSampling: {
        defaultSamplingProbability: 0.5,
        defaultLowerBoundTracesPerSecond: 0,
        perOperationStrategies: [{ operation: 'GET /health', probabilisticSampling: { samplingRate: 0 } }],
      },
    });
  });
  it('go with a constant decision', () => {
    const answer = answerTo({ type: 'const', param: 1, operations: [health] });
    expect(answer.operationSampling?.defaultSamplingProbability).toBe(1);
  });
  it('of the default hold for a service with a strategy of its own', () => {
    const fallback: Strategy = { type: 'ratelimiting', param: 1, operations: [health, checkout] };
    const own: Strategy = { type: 'probabilistic', param: 0.5, operations: [{ ...checkout, param: 0.7 }] };
    expect(operations(answerTo(own, fallback))).toEqual([
      ['GET /health', 0],
      ['POST /checkout', 0.7],
    ]);
  });
  it('are none where the list is empty', () => {
    expect(answerTo({ type: 'probabilistic', param: 0.5, operations: [] })).toEqual(share(0.5));
  });
  it('are left out beside a rate limit, which clients would lose', () => {
    const answer = answerTo({ type: 'ratelimiting', param: 3, operations: [health] });
    expect(answer).toEqual({ strategyType: 'RATE_LIMITING', rateLimitingSampling: { maxTracesPerSecond: 3 } });
  });
});

describe('the namespace of a request', () => {
  it.each<[string, string | undefined]>([
    ['tracehook-sampling.shop.svc', 'shop'],
    ['tracehook-sampling.shop.svc:5778', 'shop'],
    ['tracehook-sampling.shop', 'shop'],
    ['tracehook-sampling.shop:5779', 'shop'],
    ['tracehook-sampling.shop.', 'shop'],
    ['tracehook-sampling.shop.svc.', 'shop'],
    ['tracehook-sampling.shop.svc.cluster.local', 'shop'],
    ['tracehook-sampling.shop.svc.k8s.example.com.:5778', 'shop'],
    ['Tracehook-Sampling.Shop.SVC:5778', 'shop'],
    ['tracehook-sampling.shop-2.svc', 'shop-2'],
    ['tracehook-sampling.svc', 'svc'],
    [`tracehook-sampling.${'a'.repeat(63)}.svc`, 'a'.repeat(63)],
    [`tracehook-sampling.${'a'.repeat(64)}.svc`, undefined],
    ['tracehook-sampling', undefined],
    ['tracehook-sampling:5778', undefined],
    ['tracehook-sampling..svc', undefined],
    ['tracehook-sampling.-shop.svc', undefined],
    ['tracehook-sampling.shop.example.com', undefined],
    ['tracehook-sampling.shop.svc:http', undefined],
    ['tracehook-sampling.shop.svc/path', undefined],
    ['x.tracehook-sampling.shop.svc', undefined],
    ['tracehook-controller.tracehook.svc', undefined],
    ['127.0.0.1:5778', undefined],
    ['[::1]:5778', undefined],
    ['', undefined],
    [`tracehook-sampling.shop.svc.${'a'.repeat(260)}`, undefined],
  ])('at %s is %s', (authority, namespace) => {
    expect(namespaceOf(authority)).toBe(namespace);
  });
});
