import { describe, expect, it } from 'vitest';
import { type Layer, resolveSettings, type Setting, type Settings, type TracingSpec } from './index.ts';
import { quantityValue } from './quantity.ts';

const cluster = (spec: TracingSpec): Layer => ({ source: 'ClusterTracingConfig default', spec });
const namespace = (spec: TracingSpec): Layer => ({ source: 'TracingConfig shop/default', spec });

describe('without documents', () => {
  const settings = resolveSettings(undefined, undefined);
  it.each<[string, (settings: Settings) => Setting<unknown>, unknown]>([
    ['mode', (s) => s.mode, 'env'],
    ['collector.protocol', (s) => s.collector.protocol, 'http/protobuf'],
    ['collector.signals', (s) => s.collector.signals, ['traces']],
    ['jaegerAgent.enabled', (s) => s.jaegerAgent.enabled, false],
    ['jaegerAgent.compactPort', (s) => s.jaegerAgent.compactPort, 6831],
    ['jaegerAgent.binaryPort', (s) => s.jaegerAgent.binaryPort, 6832],
    ['useLabelsForResourceAttributes', (s) => s.useLabelsForResourceAttributes, false],
    ['skipEnv', (s) => s.skipEnv, []],
    ['sampling.live', (s) => s.sampling.live, false],
    ['sampling.services', (s) => s.sampling.services, []],
  ])('%s has a built-in default', (path, field, value) => {
    expect(field(settings)).toEqual({ path, value, source: 'built-in default' });
  });
  it.each<[string, (settings: Settings) => Setting<unknown>]>([
    ['collector.grpc', (s) => s.collector.grpc],
    ['collector.http', (s) => s.collector.http],
    ['collector.headersFrom', (s) => s.collector.headersFrom],
    ['collector.certificateAuthority', (s) => s.collector.certificateAuthority],
    ['jaegerAgent.host', (s) => s.jaegerAgent.host],
    ['propagators', (s) => s.propagators],
    ['sampling.default', (s) => s.sampling.default],
  ])('%s is not configured', (path, field) => {
    expect(field(settings)).toEqual({ path, value: undefined, source: 'not configured' });
  });
  it('the sidecar has an image that names its version, requests, and a limit of memory alone', () => {
    expect(settings.sidecar.image.value).toMatch(/:\d/);
    expect([...settings.sidecar.requests.keys()]).toEqual(['cpu', 'memory']);
    expect([...settings.sidecar.limits.keys()]).toEqual(['memory']);
  });
});

describe('of several layers', () => {
  interface Case {
    readonly path: string;
    readonly field: (settings: Settings) => Setting<unknown>;
    readonly cluster: TracingSpec;
    readonly namespace: TracingSpec;
    readonly values: readonly [unknown, unknown];
  }
  const always = { type: 'const', param: 1 } as const;
  const never = { type: 'const', param: 0 } as const;
  const cases: readonly Case[] = [
    {
      path: 'mode',
      field: (s) => s.mode,
      cluster: { mode: 'sidecar' },
      namespace: { mode: 'env' },
      values: ['sidecar', 'env'],
    },
    {
      path: 'collector.grpc',
      field: (s) => s.collector.grpc,
      cluster: { collector: { grpc: 'http://a:1' } },
      namespace: { collector: { grpc: 'http://b:1' } },
      values: ['http://a:1', 'http://b:1'],
    },
    {
      path: 'collector.http',
      field: (s) => s.collector.http,
      cluster: { collector: { http: 'http://a:2' } },
      namespace: { collector: { http: 'http://b:2' } },
      values: ['http://a:2', 'http://b:2'],
    },
    {
      path: 'collector.signals',
      field: (s) => s.collector.signals,
      cluster: { collector: { signals: ['traces', 'metrics'] } },
      namespace: { collector: { signals: ['traces', 'logs'] } },
      values: [
        ['traces', 'metrics'],
        ['traces', 'logs'],
      ],
    },
    {
      path: 'jaegerAgent.enabled',
      field: (s) => s.jaegerAgent.enabled,
      cluster: { jaegerAgent: { enabled: true } },
      namespace: { jaegerAgent: { enabled: false } },
      values: [true, false],
    },
    {
      path: 'jaegerAgent.binaryPort',
      field: (s) => s.jaegerAgent.binaryPort,
      cluster: { jaegerAgent: { binaryPort: 1 } },
      namespace: { jaegerAgent: { binaryPort: 2 } },
      values: [1, 2],
    },
    {
      path: 'propagators',
      field: (s) => s.propagators,
      cluster: { propagators: ['b3', 'baggage'] },
      namespace: { propagators: ['jaeger'] },
      values: [['b3', 'baggage'], ['jaeger']],
    },
    {
      path: 'skipEnv',
      field: (s) => s.skipEnv,
      cluster: { skipEnv: ['A'] },
      namespace: { skipEnv: [] },
      values: [['A'], []],
    },
    {
      path: 'sampling.default',
      field: (s) => s.sampling.default,
      cluster: { sampling: { default: always } },
      namespace: { sampling: { default: never } },
      values: [always, never],
    },
    {
      path: 'sampling.services',
      field: (s) => s.sampling.services,
      cluster: { sampling: { services: [{ service: 'a', ...always }] } },
      namespace: { sampling: { services: [{ service: 'b', ...never }] } },
      values: [[{ service: 'a', ...always }], [{ service: 'b', ...never }]],
    },
    {
      path: 'sidecar.image',
      field: (s) => s.sidecar.image,
      cluster: { sidecar: { image: 'a:1' } },
      namespace: { sidecar: { image: 'b:1' } },
      values: ['a:1', 'b:1'],
    },
  ];
  it.each(cases)("$path is the namespace's, else the cluster's, and says whose", ({ path, field, ...specs }) => {
    const [ofCluster, ofNamespace] = specs.values;
    const fromCluster = { path, value: ofCluster, source: 'ClusterTracingConfig default' };
    const fromNamespace = { path, value: ofNamespace, source: 'TracingConfig shop/default' };
    expect(field(resolveSettings(cluster(specs.cluster), undefined))).toEqual(fromCluster);
    expect(field(resolveSettings(cluster(specs.cluster), namespace({})))).toEqual(fromCluster);
    expect(field(resolveSettings(cluster(specs.cluster), namespace(specs.namespace)))).toEqual(fromNamespace);
    expect(field(resolveSettings(undefined, namespace(specs.namespace)))).toEqual(fromNamespace);
  });

  it('fields of one group may come from different layers', () => {
    const { collector } = resolveSettings(
      cluster({ collector: { grpc: 'http://a:1', http: 'http://a:2' } }),
      namespace({ collector: { http: 'http://b:2' } }),
    );
    expect([collector.grpc.source, collector.http.source, collector.protocol.source]).toEqual([
      'ClusterTracingConfig default',
      'TracingConfig shop/default',
      'built-in default',
    ]);
  });

  it('maps are merged key by key, and each key says whose it is', () => {
    const { resourceAttributes, sidecar } = resolveSettings(
      cluster({ resourceAttributes: { region: 'eu', tier: 'gold' }, sidecar: { resources: { limits: { cpu: '1' } } } }),
      namespace({
        resourceAttributes: { tier: 'lead', team: 'shop' },
        sidecar: { resources: { limits: { memory: '1Gi' } } },
      }),
    );
    expect([...resourceAttributes].map(([key, { path, value, source }]) => [key, path, value, source])).toEqual([
      ['region', 'resourceAttributes.region', 'eu', 'ClusterTracingConfig default'],
      ['tier', 'resourceAttributes.tier', 'lead', 'TracingConfig shop/default'],
      ['team', 'resourceAttributes.team', 'shop', 'TracingConfig shop/default'],
    ]);
    expect([...sidecar.limits].map(([key, { value, source }]) => [key, value, source])).toEqual([
      ['memory', '1Gi', 'TracingConfig shop/default'],
      ['cpu', '1', 'ClusterTracingConfig default'],
    ]);
    expect(sidecar.requests.get('memory')?.source).toBe('built-in default');
  });
});

describe('a quantity', () => {
  it.each([
    ['128Mi', 134_217_728],
    ['0.5Gi', 536_870_912],
    ['1e3', 1000],
    ['2E', 2e18],
    ['100m', 0.1],
    ['1', 1],
    ['.5k', 500],
    ['128MB', Number.NaN],
  ])('%s stands for %d', (text, value) => {
    expect(quantityValue(text)).toBe(value);
  });
});
