import { describe, expect, test } from 'vitest';
import { resolveSettings, type TracingSpec } from '../settings/index.ts';
import { type ContainerPlan, type Injection, type InjectionPlan, planInjection, type Pod } from './index.ts';

/** What is chosen where two rules meet. */

const SPEC: TracingSpec = { collector: { http: 'http://collector:4318' } };

interface Given {
  readonly annotations?: Record<string, string>;
  readonly spec?: Partial<Pod['spec']>;
  readonly settings?: TracingSpec;
  readonly keys?: readonly string[];
}

function planOf({ annotations = {}, spec = {}, settings = SPEC, keys }: Given): InjectionPlan {
  const pod: Pod = {
    metadata: { name: 'shop', annotations: { 'tracehook.io/inject': 'true', ...annotations } },
    spec: { containers: [{ name: 'app', image: 'shop:1' }], ...spec },
  };
  return planInjection({
    pod,
    namespace: 'shop',
    optIn: 'enabled',
    settings: resolveSettings({ source: 'a document', spec: settings }, undefined),
    configMapKeys: () => (keys === undefined ? undefined : new Set(keys)),
  });
}

function injectionOf(given: Given): Injection {
  const plan = planOf(given);
  if (plan.outcome === 'skipped') throw new Error(plan.message);
  return plan;
}

function appOf(given: Given): ContainerPlan {
  const app = injectionOf(given).containers.find(({ name }) => name === 'app');
  if (app === undefined) throw new Error('app is not injected');
  return app;
}

const namesIn = ({ add }: ContainerPlan) => add.map(({ entry }) => entry.name);

describe('a variable that is to be skipped', () => {
  const elsewhere = [{ name: 'app', env: [{ name: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', value: 'http://mine' }] }];
  const settings: TracingSpec = {
    collector: { http: 'http://collector:4318', headersFrom: { name: 'otlp', key: 'headers' } },
  };

  test('is skipped in its form for traces as well', () => {
    const given = { settings, spec: { containers: elsewhere } };
    expect(namesIn(appOf(given))).toContain('OTEL_EXPORTER_OTLP_TRACES_HEADERS');
    const annotations = { 'tracehook.io/skip-env': 'OTEL_EXPORTER_OTLP_HEADERS' };
    expect(namesIn(appOf({ ...given, annotations }))).not.toContain('OTEL_EXPORTER_OTLP_TRACES_HEADERS');
  });

  test.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', false],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', false],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', true, 'JAEGER_AGENT_PORT'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', true, 'JAEGER_AGENT_HOST'],
  ])('%s, leaves the sidecar without use (Jaeger’s agent: %s, without %s)', (name, enabled, jaeger = '') => {
    const plan = injectionOf({
      settings: { ...SPEC, mode: 'sidecar', jaegerAgent: { enabled } },
      annotations: { 'tracehook.io/skip-env': `${name},${jaeger}` },
    });
    expect(plan.mode).toBe('env');
    expect(plan.notes.map(({ reason }) => reason)).toContain('SidecarUnused');
  });
});

describe('a container with the name of the agent sidecar', () => {
  const initContainers = [{ name: 'tracehook-agent', image: 'mine:1' }];

  test('is no hindrance where none is added', () => {
    expect(planOf({ spec: { initContainers } })).toMatchObject({ outcome: 'injected', mode: 'env' });
  });

  test('is not injected, even if it is named', () => {
    const annotations = { 'tracehook.io/containers': 'app, tracehook-agent' };
    const plan = injectionOf({ annotations, spec: { initContainers } });
    expect(plan.containers.map(({ name }) => name)).toEqual(['app']);
    expect(plan.notes.map(({ reason }) => reason)).toEqual(['ContainerNotFound']);
  });
});

test('a Pod that refuses is left alone without a word about its other annotations', () => {
  const annotations = { 'tracehook.io/inject': 'false', 'sidecar.jaegertracing.io/inject': 'No_Name' };
  expect(planOf({ annotations })).toMatchObject({ outcome: 'skipped', reason: 'OptedOut', warn: false });
});

describe('a helper variable of the container’s own', () => {
  const settings: TracingSpec = {
    collector: { http: 'http://$(TRACEHOOK_NODE_IP):4318' },
    jaegerAgent: { enabled: true, host: '$(TRACEHOOK_NODE_IP)' },
  };
  const conflicts = (given: Given) => injectionOf(given).notes.filter(({ reason }) => reason === 'HelperConflict');

  test('is told once, however many need it', () => {
    const env = [
      { name: 'TRACEHOOK_NODE_IP', value: 'mine' },
      { name: 'OTEL_SERVICE_NAME', value: 'mine' },
    ];
    expect(conflicts({ settings, spec: { containers: [{ name: 'app', env }] } })).toHaveLength(1);
    const single = { ...settings, jaegerAgent: { enabled: false } };
    expect(conflicts({ settings: single, spec: { containers: [{ name: 'app', env }] } })).toHaveLength(1);
  });

  test('may come from a ConfigMap', () => {
    const containers = [{ name: 'app', envFrom: [{ configMapRef: { name: 'env' } }] }];
    expect(conflicts({ settings, spec: { containers }, keys: ['TRACEHOOK_NODE_IP'] })).toHaveLength(1);
  });

  test('may refer to no field at all', () => {
    const env = [{ name: 'TRACEHOOK_NODE_IP', valueFrom: { fieldRef: null } }];
    expect(conflicts({ settings, spec: { containers: [{ name: 'app', env }] } })).toHaveLength(1);
  });
});

describe('strategies of single operations, which variables cannot tell', () => {
  const health = { operation: 'GET /health', type: 'probabilistic', param: 0 } as const;
  const share = { type: 'probabilistic', param: 0.5 } as const;

  test.each<[string, NonNullable<TracingSpec['sampling']>, boolean]>([
    ['of the service', { services: [{ service: 'shop', ...share, operations: [health] }] }, true],
    ['of the default, for all', { default: { ...share, operations: [health] } }, true],
    [
      'of the default, for a service with a share of its own',
      { default: { ...share, operations: [health] }, services: [{ service: 'shop', ...share }] },
      true,
    ],
    ['of another service', { default: share, services: [{ service: 'other', ...share, operations: [health] }] }, false],
  ])('%s', (_name, sampling, isNoted) => {
    const { notes } = injectionOf({ settings: { ...SPEC, sampling } });
    expect(notes.some(({ reason }) => reason === 'OperationsNotStatic')).toBe(isNoted);
  });
});
