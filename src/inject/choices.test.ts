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

  test('has nothing said or added for its sake', () => {
    const plan = injectionOf({
      settings: { collector: { grpc: 'http://$(TRACEHOOK_NODE_IP):4317' } },
      annotations: { 'tracehook.io/skip-env': 'OTEL_EXPORTER_OTLP_ENDPOINT', 'tracehook.io/language': 'nodejs' },
    });
    expect(plan.notes).toEqual([]);
    expect(plan.containers.flatMap(namesIn)).not.toContain('TRACEHOOK_NODE_IP');
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

test.each(['METRICS', 'LOGS'])('a protocol is for traces alone where %s go to an endpoint without one', (signal) => {
  const env = [{ name: `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, value: 'http://mine' }];
  const protocolsOf = (more: typeof env) =>
    namesIn(appOf({ spec: { containers: [{ name: 'app', env: [...env, ...more] }] } })).filter((name) =>
      name.endsWith('_PROTOCOL'),
    );
  expect(protocolsOf([])).toEqual(['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL']);
  const own = { name: `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, value: 'grpc' };
  expect(protocolsOf([own])).toEqual(['OTEL_EXPORTER_OTLP_PROTOCOL']);
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

  test('is not added for an address that is not written', () => {
    const onNode = { ...SPEC, jaegerAgent: { enabled: true, host: '$(TRACEHOOK_NODE_IP)' } };
    expect(namesIn(appOf({ settings: onNode }))).toContain('TRACEHOOK_NODE_IP');
    const env = [{ name: 'JAEGER_AGENT_HOST', value: 'mine' }];
    const own = appOf({ settings: onNode, spec: { containers: [{ name: 'app', env }] } });
    const skipped = appOf({ settings: onNode, annotations: { 'tracehook.io/skip-env': 'JAEGER_AGENT_PORT' } });
    expect([...namesIn(own), ...namesIn(skipped)]).not.toContain('TRACEHOOK_NODE_IP');
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

test('an agent whose service cannot be known asks the sampling server all the same', () => {
  const env = [{ name: 'OTEL_SERVICE_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }];
  const app = appOf({
    settings: { ...SPEC, sampling: { live: true, default: { type: 'probabilistic', param: 0.5 } } },
    annotations: { 'tracehook.io/language': 'java-agent' },
    spec: { containers: [{ name: 'app', env }] },
  });
  expect(namesIn(app)).toContain('OTEL_TRACES_SAMPLER');
  expect(app.add.find(({ entry }) => entry.name === 'OTEL_TRACES_SAMPLER_ARG')?.entry.value).toContain('=0.5');
});

describe('nothing is said of what could not be told to an SDK, where that is the user’s own or skipped', () => {
  const noted = (settings: TracingSpec, name: string, how: 'own' | 'skipped') => {
    const env = how === 'own' ? [{ name, value: 'mine' }] : [];
    return injectionOf({
      settings: { ...SPEC, ...settings },
      annotations: how === 'own' ? {} : { 'tracehook.io/skip-env': name },
      spec: { containers: [{ name: 'app', env }] },
    }).notes.map(({ reason }) => reason);
  };
  const limit = { service: 'shop', type: 'ratelimiting', param: 5 } as const;
  const operations = [{ operation: 'GET /', type: 'probabilistic', param: 0 }] as const;
  const HALF = { type: 'probabilistic', param: 0.5 } as const;

  test.each<[string, string, readonly string[], TracingSpec]>([
    [
      'a rate limit without a default share',
      'OTEL_TRACES_SAMPLER',
      ['RateLimitNotStatic'],
      { sampling: { services: [limit] } },
    ],
    [
      'a rate limit without a default share',
      'OTEL_TRACES_SAMPLER_ARG',
      ['RateLimitNotStatic'],
      { sampling: { services: [limit] } },
    ],
    [
      'a rate limit with a default share',
      'OTEL_TRACES_SAMPLER',
      ['RateLimitNotStatic'],
      { sampling: { services: [limit], default: HALF } },
    ],
    [
      'a strategy of an operation',
      'OTEL_TRACES_SAMPLER_ARG',
      ['OperationsNotStatic'],
      { sampling: { services: [{ ...HALF, service: 'shop', operations: [...operations] }] } },
    ],
    ['one propagator of two', 'OTEL_PROPAGATORS', ['PropagatorUnsupported'], { propagators: ['b3', 'tracecontext'] }],
    ['all of the propagators', 'OTEL_PROPAGATORS', ['PropagatorUnsupported'], { propagators: ['b3', 'jaeger'] }],
  ])('%s (%s)', (_, name, reasons, settings) => {
    expect(noted(settings, name, 'own')).toEqual([]);
    expect(noted(settings, name, 'skipped')).toEqual([]);
    expect(noted(settings, 'ANOTHER', 'own')).toEqual(reasons);
  });

  test('while each propagator that is missing is named', () => {
    const plan = injectionOf({ settings: { ...SPEC, propagators: ['b3', 'jaeger'] } });
    expect(plan.notes.map(({ message }) => message)).toEqual([expect.stringContaining('b3, jaeger of propagators (')]);
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
