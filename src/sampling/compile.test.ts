import { describe, expect, it } from 'vitest';
import {
  compileRemote,
  compileStatic,
  initialRate,
  paramMistake,
  samplingHost,
  type Strategy,
  strategyFor,
} from './index.ts';

const half: Strategy = { type: 'probabilistic', param: 0.5 };
const limited: Strategy = { type: 'ratelimiting', param: 5 };
const always: Strategy = { type: 'const', param: 1 };

describe('the strategy of a service', () => {
  const services = [{ service: 'checkout', ...always }];
  it.each([
    ['checkout', half, { service: 'checkout', ...always }],
    ['other', half, half],
    [undefined, half, half],
    ['other', undefined, undefined],
  ])('%s with the default %j is %j', (service, fallback, expected) => {
    expect(strategyFor(service, services, fallback)).toEqual(expected);
  });
});

describe('a strategy fixed at the start', () => {
  it.each<[Strategy, ReturnType<typeof compileStatic>]>([
    [half, { sampler: 'parentbased_traceidratio', arg: '0.5' }],
    [always, { sampler: 'parentbased_always_on', arg: '1' }],
    [
      { type: 'const', param: 0 },
      { sampler: 'parentbased_always_off', arg: '0' },
    ],
    [limited, undefined],
  ])('%j becomes %j', (strategy, sampler) => {
    expect(compileStatic(strategy)).toEqual(sampler);
  });
});

describe('a remote sampler', () => {
  it.each<[Strategy | undefined, Strategy | undefined, number]>([
    [half, always, 0.5],
    [limited, half, 0.5],
    [limited, limited, 0.001],
    [undefined, always, 1],
    [undefined, undefined, 0.001],
  ])('of %j, by default %j, begins with the share %d', (strategy, fallback, rate) => {
    expect(initialRate(strategy, fallback)).toBe(rate);
  });
  it('asks the sampling server by the name that carries the namespace', () => {
    expect(samplingHost('shop')).toBe('tracehook-sampling.shop.svc');
    expect(compileRemote('shop', 0.5)).toEqual({
      sampler: 'parentbased_jaeger_remote',
      arg: 'endpoint=http://tracehook-sampling.shop.svc:5779,initialSamplingRate=0.5',
    });
  });
});

describe('a param', () => {
  it.each<[Strategy, string | undefined]>([
    [half, undefined],
    [
      { type: 'probabilistic', param: 1.5 },
      'must be a number from 0 to 1 for type probabilistic (0.1 keeps 10 %), is 1.5',
    ],
    [always, undefined],
    [{ type: 'const', param: 0 }, undefined],
    [{ type: 'const', param: 0.5 }, 'must be 1 (all traces) or 0 (none) for type const, is 0.5'],
    [limited, undefined],
    [
      { type: 'ratelimiting', param: 2.5 },
      "must be a whole number of traces per second for type ratelimiting, is 2.5: Jaeger's protocol has no fractions of a trace, so servers would cut it to 2",
    ],
    [{ type: 'ratelimiting', param: 2_147_483_647 }, undefined],
    [
      { type: 'ratelimiting', param: 2_147_483_648 },
      "must be at most 2147483647 traces per second for type ratelimiting, is 2147483648: Jaeger's protocol has 32 bits for it",
    ],
    [{ type: 'probabilistic', param: 1e-12 }, undefined],
  ])('of %j: %s', (strategy, mistake) => {
    expect(paramMistake(strategy)).toBe(mistake);
  });
});
