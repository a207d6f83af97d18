import { describe, expect, it } from 'vitest';
import { resolveSettings, type Settings } from '../settings/index.ts';
import { type Injection, patchOf, planInjection, type Pod } from './index.ts';
import { urlOf } from './scope.ts';

const settings = resolveSettings({ source: 'test', spec: { collector: { http: 'http://collector:4318' } } }, undefined);

const podWith = (annotations: Readonly<Record<string, string>>, containers: Pod['spec']['containers']): Pod => ({
  metadata: { name: 'cart', annotations: { 'tracehook.io/inject': 'true', ...annotations } },
  spec: { containers },
});

function planOf(pod: Pod, given: Settings = settings) {
  return planInjection({ pod, namespace: 'shop', optIn: 'enabled', settings: given, configMapKeys: () => undefined });
}

function injectionOf(pod: Pod, given?: Settings): Injection {
  const plan = planOf(pod, given);
  if (plan.outcome === 'skipped') throw new Error(plan.message);
  return plan;
}

describe('a plan', () => {
  it('is for the server no larger than all annotations of an object may be', () => {
    const note = (length: number) => podWith({ note: 'ö'.repeat(length / 2) }, [{ name: 'app' }]);
    expect(planOf(note(250_000))).toMatchObject({ outcome: 'injected' });
    expect(planOf(note(262_000))).toMatchObject({
      outcome: 'skipped',
      reason: 'AnnotationsTooLong',
      check: 'status',
      warn: true,
    });
  });

  it('believes a status only as far as each claim is borne out, down to the last', () => {
    const claimed = ['OTEL_SERVICE_NAME', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL'];
    const claims = { mode: 'env', config: '0', containers: { app: { env: claimed, mounts: ['x'] } }, volumes: ['x'] };
    const env = [
      { name: 'OTEL_SERVICE_NAME', value: 'cart' },
      { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://collector:4318' },
      { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', value: 'grpc' },
    ];
    const plan = injectionOf(podWith({ 'tracehook.io/status': JSON.stringify(claims) }, [{ name: 'app', env }]));
    expect(plan.outcome).toBe('injected');
    expect(plan.containers[0]?.keep.map(({ name }) => name)).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_PROTOCOL',
    ]);
    expect(JSON.parse(plan.status)).toMatchObject({
      containers: { app: { env: expect.arrayContaining(['OTEL_SERVICE_NAME']) as unknown } },
    });
  });

  it('has the same hash for the same settings, and another for another endpoint', () => {
    const hashOf = (http: string) => {
      const other = resolveSettings({ source: 'test', spec: { collector: { http } } }, undefined);
      const { config } = JSON.parse(injectionOf(podWith({}, [{ name: 'app' }]), other).status) as { config: string };
      return config;
    };
    expect(hashOf('http://collector:4318')).toBe(hashOf('http://collector:4318'));
    expect(hashOf('http://collector:4318')).not.toBe(hashOf('http://other:4318'));
    expect(hashOf('http://collector:4318')).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('the agent sidecar', () => {
  const pod = podWith({ 'tracehook.io/inject': 'sidecar' }, [{ name: 'app' }]);
  const setting = (path: string, value: string) => ({ path, value, source: 'test' });

  it('has neither GOMEMLIMIT nor a memory limiter where memory has no limit', () => {
    const unlimited: Settings = { ...settings, sidecar: { ...settings.sidecar, limits: new Map() } };
    const container = injectionOf(pod, unlimited).sidecar?.container;
    expect(container).toMatchObject({ resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: {} } });
    expect(JSON.stringify(container)).not.toMatch(/GOMEMLIMIT|memory_limiter/);
  });

  it('never requests more than its limit: the API server would refuse the Pod', () => {
    const requests = new Map([
      ['cpu', setting('sidecar.resources.requests.cpu', '10m')],
      ['memory', setting('sidecar.resources.requests.memory', '1Gi')],
    ]);
    const given: Settings = { ...settings, sidecar: { ...settings.sidecar, requests } };
    expect(injectionOf(pod, given).sidecar?.container).toMatchObject({
      resources: { requests: { cpu: '10m', memory: '128Mi' }, limits: { memory: '128Mi' } },
    });
  });

  it.each([
    ['http://collector:4317', 'collector:4317'],
    ['http://collector:4317/', 'collector:4317'],
    ['http://collector', 'collector:80'],
    ['https://collector/', 'collector:443'],
    ['https://[fd00::1]', '[fd00::1]:443'],
    ['http://[$(TRACEHOOK_NODE_IP)]:4317', '[$(TRACEHOOK_NODE_IP)]:4317'],
  ])('sends to %s by gRPC as %s', (grpc, target) => {
    const given = resolveSettings({ source: 'test', spec: { collector: { grpc } } }, undefined);
    const sidecar = JSON.stringify(injectionOf(pod, given).sidecar?.container);
    expect(sidecar).toContain(JSON.stringify(`"otlp":{"endpoint":"${target}"`).slice(1, -1));
  });
});

describe('an endpoint', () => {
  it('that a check let through has a value: its absence is a mistake of ours', () => {
    const absent = { path: 'collector.http', value: undefined, source: 'test' };
    expect(() => urlOf(absent)).toThrow('collector.http has no value');
  });
});

describe('a patch', () => {
  const plan = injectionOf(
    podWith({}, [{ name: 'app', env: [{ name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'team=a' }] }]),
  );

  it('replaces the one value that is extended, adds where it has no value, and puts the status last', () => {
    const paths = patchOf(
      podWith({}, [{ name: 'app', env: [{ name: 'A' }, { name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'team=a' }] }]),
      plan,
    ).map(({ op, path }) => `${op} ${path}`);
    expect(paths[0]).toBe('replace /spec/containers/0/env/1/value');
    expect(paths.slice(1, 4)).toEqual([0, 1, 2].map((index) => `add /spec/containers/0/env/${index}`));
    expect(paths.at(-1)).toBe('add /metadata/annotations/tracehook.io~1status');
    const [first] = patchOf(podWith({}, [{ name: 'app', env: [{ name: 'OTEL_RESOURCE_ATTRIBUTES' }] }]), plan);
    expect(first).toMatchObject({ op: 'add', path: '/spec/containers/0/env/0/value' });
  });

  it('passes over what the Pod does not have', () => {
    expect(patchOf(podWith({}, [{ name: 'another' }]), plan)).toEqual([]);
    const init = {
      ...plan,
      containers: plan.containers.map((planned) => ({ ...planned, list: 'initContainers' as const })),
    };
    expect(patchOf(podWith({}, [{ name: 'app' }]), init)).toEqual([]);
    const paths = patchOf(podWith({}, [{ name: 'app' }]), plan).map(({ path }) => path);
    expect(paths).toEqual(['/spec/containers/0/env', '/metadata/annotations/tracehook.io~1status']);
  });

  it('makes the annotations if there are none', () => {
    for (const metadata of [{}, { annotations: null }]) {
      const operations = patchOf({ metadata, spec: { containers: [{ name: 'app' }] } }, plan);
      expect(operations.at(-1)).toMatchObject({ op: 'add', path: '/metadata/annotations' });
    }
  });
});
