import { describe, expect, test } from 'vitest';
import { resolveSettings, type TracingSpec } from '../settings/index.ts';
import { type InjectionPlan, patchOf, planInjection, type Pod } from './index.ts';

/** Pods that are too much: each is left alone, or cut, in words; none takes long, and none is refused because of us. */

const SPEC: TracingSpec = { collector: { http: 'http://collector:4318' } };

interface Given {
  readonly annotations?: Record<string, string>;
  readonly spec?: Partial<Pod['spec']>;
  readonly settings?: TracingSpec;
  readonly keys?: (name: string) => ReadonlySet<string> | undefined;
}

function podWith({ annotations = {}, spec = {} }: Given): Pod {
  return {
    metadata: { name: 'shop', annotations: { 'tracehook.io/inject': 'true', ...annotations } },
    spec: { containers: [{ name: 'app', image: 'shop:1' }], ...spec },
  };
}

function planOf(given: Given, pod: Pod = podWith(given)): InjectionPlan {
  const settings = resolveSettings({ source: 'a document', spec: given.settings ?? SPEC }, undefined);
  return planInjection({
    pod,
    namespace: 'shop',
    optIn: 'enabled',
    settings,
    configMapKeys: given.keys ?? (() => undefined),
  });
}

function reasonsOf(plan: InjectionPlan): string[] {
  return plan.outcome === 'skipped' ? [plan.reason] : plan.notes.map(({ reason }) => reason);
}

describe('annotations', () => {
  test('that are longer than the API server takes are not read', () => {
    expect(reasonsOf(planOf({ annotations: { big: 'x'.repeat(262_144) } }))).toEqual(['AnnotationsTooLong']);
  });

  test('that leave no room for the status keep the Pod as it is', () => {
    expect(reasonsOf(planOf({ annotations: { big: 'x'.repeat(261_900) } }))).toEqual(['AnnotationsTooLong']);
  });

  test.for([
    ['longer than 4096 characters', 'x'.repeat(4097)],
    ['with NUL', 'a\0b'],
  ])('an attribute %s is a value that is not known', ([, value = '']) => {
    const plan = planOf({ annotations: { 'resource.opentelemetry.io/service.name': value } });
    expect(plan).toMatchObject({ reason: 'InvalidAnnotation', warn: true });
  });

  test('more than 128 attributes are too many', () => {
    const many = Array.from({ length: 129 }, (_, index) => [`resource.opentelemetry.io/a${index}`, 'x']);
    const plan = planOf({ annotations: Object.fromEntries(many) as Record<string, string> });
    expect(plan).toMatchObject({ message: 'annotations resource.opentelemetry.io/*: must be at most 128, are 129' });
  });

  test('thousands of names of containers that are not there become one note', () => {
    const names = Array.from({ length: 30_000 }, (_, index) => `c${index}`).join(',');
    const plan = planOf({ annotations: { 'tracehook.io/containers': `app,${names},c1,c1` } });
    expect(reasonsOf(plan)).toEqual(['ContainerNotFound']);
    expect(JSON.stringify(plan).length).toBeLessThan(20_000);
    expect(JSON.stringify(plan)).toContain('c19 and 29980 more');
  });
});

test('an annotation of ours that is like none is told what there is', () => {
  const plan = planOf({ annotations: { 'tracehook.io/something-else-entirely': 'x' } });
  expect(JSON.stringify(plan)).toContain('does not exist; there are tracehook.io/inject');
});

describe('what would be added', () => {
  const attributes = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`resource.opentelemetry.io/a${index}`, 'ä'.repeat(4_000)]),
  );

  test('is left out of resource attributes that would be longer than a variable may be', () => {
    const plan = planOf({ annotations: attributes });
    expect(reasonsOf(plan)).toEqual(['AttributesTooLong']);
    expect(plan).toMatchObject({ outcome: 'injected', containers: [{ attributes: [], keep: [] }] });
  });

  test('leaves such attributes of the user as they are', () => {
    const env = [{ name: 'OTEL_RESOURCE_ATTRIBUTES', value: `a=${'x'.repeat(65_500)}` }];
    const plan = planOf({ spec: { containers: [{ name: 'app', env }] } });
    expect(reasonsOf(plan)).toEqual(['AttributesTooLong']);
    expect(JSON.stringify(plan)).not.toContain('xxxx');
  });

  test('is not written at all if the Pod could not be stored with it', () => {
    const containers = Array.from({ length: 60 }, (_, index) => ({ name: `c${index}`, image: 'shop:1' }));
    const long = Object.fromEntries(
      Array.from({ length: 4 }, (_, index) => [`resource.opentelemetry.io/a${index}`, 'x'.repeat(4_000)]),
    );
    expect(reasonsOf(planOf({ annotations: long, spec: { containers } }))).toEqual(['PatchTooLong']);
  });
});

describe('envFrom', () => {
  const keys = new Set(Array.from({ length: 1_000 }, (_, index) => `KEY_${index}`).concat('SERVICE_NAME'));

  test('with thousands of sources is read name by name', () => {
    const envFrom = Array.from({ length: 5_000 }, (_, index) => ({
      prefix: `P${index}_`,
      configMapRef: { name: 'known' },
    }));
    const own = { prefix: 'OTEL_', configMapRef: { name: 'known' } };
    const plan = planOf({ spec: { containers: [{ name: 'app', envFrom: [...envFrom, own, own] }] }, keys: () => keys });
    expect(plan).toMatchObject({
      containers: [
        {
          keep: expect.arrayContaining([
            expect.objectContaining({ name: 'OTEL_SERVICE_NAME', reason: 'EnvFromDefined' }),
          ]),
        },
      ],
    });
  });

  test('whose names are not known is named with the first sources', () => {
    const envFrom = Array.from({ length: 5_000 }, (_, index) => ({ secretRef: { name: `s${index}` } }));
    const plan = planOf({ spec: { containers: [{ name: 'app', envFrom }] } });
    expect(JSON.stringify(plan)).toContain('Secret s19 and 4980 more (envFrom)');
  });

  test('references to references to references count as unreadable in the end', () => {
    const env = Array.from({ length: 3_000 }, (_, index) => ({
      name: `V${index}`,
      value: index === 0 ? 'x' : `$(V${index - 1})`,
    }));
    const named = { name: 'OTEL_SERVICE_NAME', value: '$(V2999)' };
    expect(planOf({ spec: { containers: [{ name: 'app', env: [...env, named] }] } }).outcome).toBe('injected');
  });
});

describe('a Pod that was injected', () => {
  const sidecar = { annotations: { 'tracehook.io/inject': 'sidecar' } };

  function injected(given: Given): Pod {
    const pod = podWith(given);
    const plan = planOf(given, pod);
    if (plan.outcome === 'skipped') throw new Error(plan.message);
    const added = plan.sidecar?.container as unknown as Pod['spec']['containers'][number];
    expect(patchOf(pod, plan).length).toBeGreaterThan(0);
    const [app] = pod.spec.containers;
    if (app === undefined) throw new Error('a Pod has a container');
    return {
      metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, 'tracehook.io/status': plan.status } },
      spec: {
        containers: [{ ...app, env: plan.containers[0]?.add.map(({ entry }) => entry) ?? [] }],
        initContainers: [added],
      },
    };
  }

  test('keeps its sidecar when another webhook adds a container that declares one of its ports', () => {
    const pod = injected(sidecar);
    const late = { name: 'late', image: 'late:1', ports: [{ containerPort: 4317 }] };
    const plan = planOf(sidecar, { ...pod, spec: { ...pod.spec, containers: [...pod.spec.containers, late] } });
    expect(plan).toMatchObject({
      outcome: 'injected',
      mode: 'sidecar',
      containers: [{ name: 'app' }, { name: 'late' }],
    });
  });
});

describe('a status annotation that claims a volume of the user', () => {
  const settings: TracingSpec = {
    collector: { ...SPEC.collector, certificateAuthority: { configMap: 'ca', key: 'ca.crt' } },
  };
  const status =
    '{"mode":"env","config":"x","containers":{"app":{"env":[],"mounts":["tracehook-otlp-ca"]}},"volumes":["tracehook-otlp-ca"]}';

  test('is not believed: the CA is not said to be where it is not', () => {
    const given = {
      settings,
      keys: () => new Set(['ca.crt']),
      annotations: { 'tracehook.io/status': status },
      spec: {
        containers: [{ name: 'app', volumeMounts: [{ name: 'tracehook-otlp-ca', mountPath: '/data' }] }],
        volumes: [{ name: 'tracehook-otlp-ca', emptyDir: {} }],
      },
    };
    expect(reasonsOf(planOf(given))).toEqual(['VolumeConflict']);
  });
});
