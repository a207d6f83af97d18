import { describe, expect, test } from 'vitest';
import { type Pod, planInjection } from '../../src/inject/index.ts';
import { resolveSettings, type TracingSpec } from '../../src/settings/index.ts';

const POD: Pod = {
  metadata: { name: 'shop', annotations: { 'tracehook.io/inject': 'true' } },
  spec: { containers: [{ name: 'app', image: 'shop:1' }] },
};

const BASE: TracingSpec = {
  collector: { grpc: 'http://collector:4317', http: 'http://collector:4318' },
  sampling: { default: { type: 'probabilistic', param: 0.1 } },
};

/** The hash in the status annotation of a Pod that is injected with these settings. */
function hashOf(spec: TracingSpec, pod: Pod = POD, from: 'cluster' | 'namespace' = 'cluster'): string {
  const layer = { source: 'a document', spec };
  const settings = from === 'cluster' ? resolveSettings(layer, undefined) : resolveSettings(undefined, layer);
  const plan = planInjection({ pod, namespace: 'shop', optIn: 'enabled', settings, configMapKeys: () => undefined });
  if (plan.outcome === 'skipped') throw new Error(plan.message);
  return (JSON.parse(plan.status) as { config: string }).config;
}

function annotated(annotations: Record<string, string>): Pod {
  return { ...POD, metadata: { ...POD.metadata, annotations: { ...POD.metadata.annotations, ...annotations } } };
}

describe('the config hash stays the same', () => {
  test.for<[string, TracingSpec]>([
    [
      'when a setting changes that no variable of the Pod depends on',
      { ...BASE, collector: { ...BASE.collector, grpc: 'http://other:4317' } },
    ],
    [
      'when the strategy of another service changes',
      { ...BASE, sampling: { ...BASE.sampling, services: [{ service: 'cart', type: 'const', param: 0 }] } },
    ],
    ['when the image of a sidecar changes that the Pod does not have', { ...BASE, sidecar: { image: 'collector:2' } }],
    ['when a variable is skipped that would not be written', { ...BASE, skipEnv: ['JAEGER_AGENT_HOST'] }],
  ])('%s', ([, spec]) => {
    expect(hashOf(spec)).toBe(hashOf(BASE));
  });

  test('when the same settings come from another document', () => {
    expect(hashOf(BASE, POD, 'namespace')).toBe(hashOf(BASE));
  });

  test('when a strategy changes that the sampling server tells', () => {
    const live = (param: number): TracingSpec => ({
      ...BASE,
      sampling: { live: true, default: { type: 'probabilistic', param } },
    });
    const agent = annotated({ 'tracehook.io/language': 'java-agent' });
    expect(hashOf(live(0.5), agent)).toBe(hashOf(live(0.1), agent));
  });
});

describe('the config hash changes', () => {
  test.for<[string, TracingSpec]>([
    ['with the endpoint that the Pod uses', { ...BASE, collector: { ...BASE.collector, http: 'http://other:4318' } }],
    ['with the strategy of its service', { ...BASE, sampling: { default: { type: 'probabilistic', param: 0.2 } } }],
    ['with a resource attribute', { ...BASE, resourceAttributes: { team: 'a' } }],
    ['with the propagators', { ...BASE, propagators: ['tracecontext'] }],
    ['with the signals', { ...BASE, collector: { ...BASE.collector, signals: ['traces', 'logs'] } }],
    ['with a variable that is now skipped', { ...BASE, skipEnv: ['OTEL_SERVICE_NAME'] }],
    ['with the mode', { ...BASE, mode: 'sidecar' }],
    ['with the headers', { ...BASE, collector: { ...BASE.collector, headersFrom: { name: 'otlp', key: 'headers' } } }],
    ['with the Jaeger agent', { ...BASE, jaegerAgent: { enabled: true, host: 'agent' } }],
  ])('%s', ([, spec]) => {
    expect(hashOf(spec)).not.toBe(hashOf(BASE));
  });

  test.for<[string, Pod, TracingSpec]>([
    ['agents of Java', annotated({ 'tracehook.io/language': 'java-agent' }), {}],
    ['clients of Jaeger', POD, { jaegerAgent: { enabled: true, host: 'agent' } }],
  ])('with live sampling, where %s ask the sampling server', ([, pod, spec]) => {
    const withLive = (live: boolean): TracingSpec => ({ collector: BASE.collector ?? {}, ...spec, sampling: { live } });
    expect(hashOf(withLive(true), pod)).not.toBe(hashOf(withLive(false), pod));
  });

  test('with the CPU of the sidecar, where its Pod has a limit of CPU that it would share', () => {
    const withCpu = (cpu: string): TracingSpec => ({
      ...BASE,
      mode: 'sidecar',
      sidecar: { resources: { limits: { cpu } } },
    });
    const sharing: Pod = { ...POD, spec: { ...POD.spec, resources: { limits: { cpu: '2' } } } };
    expect(hashOf(withCpu('500m'), sharing)).not.toBe(hashOf(withCpu('1'), sharing));
    const free: Pod = { ...POD, spec: { ...POD.spec, resources: { requests: { cpu: '2' } } } };
    expect(hashOf(withCpu('500m'), free)).toBe(hashOf(withCpu('1'), free));
  });

  test('with the image, the limits and the collector of the sidecar', () => {
    const sidecar: TracingSpec = { ...BASE, mode: 'sidecar' };
    expect(hashOf({ ...sidecar, sidecar: { image: 'collector:2' } })).not.toBe(hashOf(sidecar));
    expect(hashOf({ ...sidecar, sidecar: { resources: { limits: { memory: '256Mi' } } } })).not.toBe(hashOf(sidecar));
    expect(hashOf({ ...sidecar, collector: { ...BASE.collector, grpc: 'http://other:4317' } })).not.toBe(
      hashOf(sidecar),
    );
  });
});
