import { describe, expect, it } from 'vitest';
import { samplingHost } from '../sampling/index.ts';
import { resolveSettings, type TracingSpec } from '../settings/index.ts';
import { type DesiredObject, desiredObjects, MARK, SYNCED_OBJECTS } from './index.ts';
import { isMarked } from './objects.ts';

const desiredWith = (spec: TracingSpec, samplingTarget = 'sampling.svc') =>
  desiredObjects({
    namespace: 'shop',
    settings: resolveSettings({ source: 'cluster', spec }, undefined),
    samplingTarget,
  });
const SPEC: TracingSpec = {
  collector: { http: 'http://collector:4318' },
  sampling: {
    default: { type: 'const', param: 1 },
    services: [{ service: 'busy', type: 'ratelimiting', param: 5 }],
  },
};

describe('the objects of a namespace', () => {
  const { objects, nothingInjected } = desiredWith(SPEC);

  it('are three, always in the same order', () => {
    expect(objects.map(({ reference }) => reference)).toEqual(Object.values(SYNCED_OBJECTS));
    expect(
      Object.entries(SYNCED_OBJECTS).map(([key, { kind, collection, name }]) => [key, kind, collection, name]),
    ).toEqual([
      ['ConfigMap/tracehook-env', 'ConfigMap', 'configmaps', 'tracehook-env'],
      ['ConfigMap/tracehook-sampling', 'ConfigMap', 'configmaps', 'tracehook-sampling'],
      ['Service/tracehook-sampling', 'Service', 'services', 'tracehook-sampling'],
    ]);
  });

  it('have the variables, the strategies as Jaeger reads them, and the way to the sampling server', () => {
    expect(contentsOf(objects)).toEqual([
      { data: expect.objectContaining({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }) },
      {
        data: {
          'strategies.json':
            '{\n  "default_strategy": {\n    "type": "probabilistic",\n    "param": 1\n  },\n  "service_strategies": [\n    {\n      "service": "busy",\n      "type": "ratelimiting",\n      "param": 5\n    }\n  ]\n}\n',
        },
      },
      {
        spec: {
          type: 'ExternalName',
          externalName: 'sampling.svc',
          ports: [
            { name: 'http', protocol: 'TCP', port: 5778 },
            { name: 'grpc', protocol: 'TCP', port: 5779 },
          ],
        },
      },
    ]);
  });

  it('have a Service under the name that injection writes', () => {
    expect(samplingHost('shop')).toBe(`${SYNCED_OBJECTS['Service/tracehook-sampling'].name}.shop.svc`);
  });

  it('are there without a collector too, and it is said that nothing is injected', () => {
    const bare = desiredWith({});
    expect(nothingInjected).toBeUndefined();
    expect(bare.nothingInjected?.reason).toBe('NoCollector');
    expect(contentsOf(bare.objects)[0]).toEqual({ data: {} });
  });

  it.each<[string, TracingSpec, string, readonly boolean[]]>([
    ['nothing changes', SPEC, 'sampling.svc', [true, true, true]],
    ['the collector changes', { ...SPEC, collector: { http: 'http://b:4318' } }, 'sampling.svc', [false, true, true]],
    [
      'a strategy changes',
      { ...SPEC, sampling: { ...SPEC.sampling, services: [] } },
      'sampling.svc',
      [true, false, true],
    ],
    ['the sampling server moves', SPEC, 'elsewhere.svc', [true, true, false]],
  ])('keep their fingerprint when %s, as far as they are the same', (_, spec, target, same) => {
    const others = desiredWith(spec, target).objects;
    expect(objects.map(({ fingerprint }, index) => fingerprint === others[index]?.fingerprint)).toEqual(same);
  });
});

describe('the mark', () => {
  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['both labels', MARK, true],
    ['both labels among others', { ...MARK, team: 'shop' }, true],
    ['no label', {}, false],
    ['only the conventional label', { 'app.kubernetes.io/managed-by': 'tracehook' }, false],
    ['only the label that is ours', { 'tracehook.io/synced': 'true' }, false],
    ['a label that Helm has taken', { ...MARK, 'app.kubernetes.io/managed-by': 'Helm' }, false],
    ['another value', { ...MARK, 'tracehook.io/synced': 'false' }, false],
  ])('of an object with %s', (_, labels, ours) => {
    expect(isMarked(labels)).toBe(ours);
  });
});

function contentsOf(objects: readonly DesiredObject[]): unknown[] {
  return objects.map(({ content }) => content);
}
