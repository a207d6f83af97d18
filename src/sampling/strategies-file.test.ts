import { describe, expect, it } from 'vitest';
import { type Strategies, strategiesFile, type Strategy } from './index.ts';

const health = { operation: 'GET /health', type: 'probabilistic', param: 0 } as const;
const bare: Strategies = { default: undefined, services: [] };

function inNamespaces(namespaces: Readonly<Record<string, Partial<Strategies>>>) {
  return Object.entries(namespaces).map(([namespace, strategies]) => ({
    namespace,
    strategies: { ...bare, ...strategies },
  }));
}

describe("Jaeger's strategies file", () => {
  it('has a default even where nothing is configured: what Jaeger does then', () => {
    expect(strategiesFile(bare)).toEqual({
      file: { default_strategy: { type: 'probabilistic', param: 0.001 }, service_strategies: [] },
      conflicts: [],
      untold: [],
    });
  });

  it('has the four shapes, the constant decision as a share', () => {
    const cluster: Strategies = {
      default: { type: 'const', param: 0 },
      services: [
        { service: 'limited', type: 'ratelimiting', param: 100 },
        { service: 'debug', type: 'const', param: 1 },
        { service: 'critical', type: 'probabilistic', param: 0.5, operations: [{ ...health, operation: 'b' }, health] },
      ],
    };
    expect(strategiesFile(cluster).file).toEqual({
      default_strategy: { type: 'probabilistic', param: 0 },
      service_strategies: [
        {
          service: 'critical',
          type: 'probabilistic',
          param: 0.5,
          operation_strategies: [
            { operation: 'GET /health', type: 'probabilistic', param: 0 },
            { operation: 'b', type: 'probabilistic', param: 0 },
          ],
        },
        { service: 'debug', type: 'probabilistic', param: 1 },
        { service: 'limited', type: 'ratelimiting', param: 100 },
      ],
    });
  });

  it('has the services of all namespaces', () => {
    const { file, conflicts } = strategiesFile(
      bare,
      inNamespaces({
        b: { services: [{ service: 'cart', type: 'probabilistic', param: 0.5 }] },
        a: { services: [{ service: 'ads', type: 'probabilistic', param: 0.1 }] },
      }),
    );
    expect(file.service_strategies.map(({ service }) => service)).toEqual(['ads', 'cart']);
    expect(conflicts).toEqual([]);
  });

  it('has operations of the default with every service that has a share', () => {
    const { file } = strategiesFile({
      default: { type: 'probabilistic', param: 0.1, operations: [health] },
      services: [
        { service: 'cart', type: 'probabilistic', param: 1 },
        { service: 'limited', type: 'ratelimiting', param: 5 },
      ],
    });
    const operations = [health];
    expect(file).toEqual({
      default_strategy: { type: 'probabilistic', param: 0.1, operation_strategies: operations },
      service_strategies: [
        { service: 'cart', type: 'probabilistic', param: 1, operation_strategies: operations },
        { service: 'limited', type: 'ratelimiting', param: 5 },
      ],
    });
  });
});

describe('a service of several namespaces', () => {
  const half = { service: 'cart', type: 'probabilistic', param: 0.5 } as const;
  const all = { service: 'cart', type: 'probabilistic', param: 1 } as const;

  it('has what they say, if they say the same in other words', () => {
    const { file, conflicts } = strategiesFile(
      bare,
      inNamespaces({
        a: { services: [{ ...all, operations: [health, { ...health, operation: 'x' }] }] },
        b: { services: [{ ...all, type: 'const', operations: [{ ...health, operation: 'x' }, health] }] },
      }),
    );
    expect(file.service_strategies).toHaveLength(1);
    expect(conflicts).toEqual([]);
  });

  it("has the cluster's default, without an entry, if they say different things", () => {
    const { file, conflicts } = strategiesFile(bare, inNamespaces({ a: { services: [half] }, b: { services: [all] } }));
    expect(file.service_strategies).toEqual([]);
    expect(conflicts).toEqual([{ service: 'cart', claimants: ['a', 'b'] }]);
  });

  it("has the cluster's own entry, if that is contradicted", () => {
    const cluster = { ...bare, services: [all] };
    const { file, conflicts } = strategiesFile(cluster, inNamespaces({ a: { services: [half] } }));
    expect(file.service_strategies).toEqual([all]);
    expect(conflicts).toEqual([{ service: 'cart', claimants: [undefined, 'a'] }]);
  });

  it("is no conflict for namespaces that take over the cluster's list", () => {
    const cluster = { ...bare, services: [all] };
    const heir = { ...bare, services: cluster.services, default: { ...half, operations: [health] } };
    const { file, conflicts } = strategiesFile(cluster, [{ namespace: 'a', strategies: heir }]);
    expect(file.service_strategies).toEqual([all]);
    expect(conflicts).toEqual([]);
  });
});

describe('operations that nobody can be told of', () => {
  const limited: Strategy = { type: 'ratelimiting', param: 5, operations: [health] };

  it('are those beside a rate limit, of the default and of services', () => {
    const { untold } = strategiesFile(
      { default: limited, services: [{ service: 'ads', type: 'ratelimiting', param: 1 }] },
      inNamespaces({ a: { services: [{ service: 'cart', ...limited }] } }),
    );
    expect(untold).toEqual([
      { claimant: undefined },
      { service: 'ads', claimant: undefined },
      { service: 'cart', claimant: 'a' },
    ]);
  });
});
