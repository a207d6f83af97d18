import fastJsonPatch from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import { resolveSettings, type TracingSpec } from '../settings/index.ts';
import { type InjectionInput, patchOf, planInjection, planReplacement, type Pod } from './index.ts';

const KEYS = new Set(['ca.crt']);
const SETTINGS: Readonly<Record<string, TracingSpec>> = {
  one: { collector: { http: 'http://one:4318' } },
  other: { collector: { http: 'http://other:4318' }, resourceAttributes: { team: 'other' } },
  sidecar: { mode: 'sidecar', collector: { http: 'http://one:4318' } },
  sampled: { collector: { http: 'http://one:4318' }, sampling: { default: { type: 'const', param: 1 } } },
  certified: { collector: { http: 'https://one:4318', certificateAuthority: { configMap: 'ca', key: 'ca.crt' } } },
  agent: { collector: { grpc: 'http://one:4317' }, jaegerAgent: { enabled: true, host: 'one' } },
  none: {},
};

const PODS: Readonly<Record<string, Pod['spec']>> = {
  plain: { containers: [{ name: 'app', image: 'app:1' }] },
  'with an attribute of its own': {
    containers: [{ name: 'app', image: 'app:1', env: [{ name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'team=mine' }] }],
  },
  'with an endpoint of its own': {
    containers: [
      { name: 'app', image: 'app:1', env: [{ name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://mine:4318' }] },
      { name: 'second', image: 'app:1' },
    ],
  },
};

function inputOf(pod: Pod, spec: TracingSpec | undefined): InjectionInput {
  const settings = resolveSettings({ source: 'a document', spec: spec ?? {} }, undefined);
  return { pod, namespace: 'shop', optIn: 'enabled', settings, configMapKeys: () => KEYS };
}

function injected(pod: Pod, spec: TracingSpec | undefined): Pod {
  const plan = planInjection(inputOf(pod, spec));
  if (plan.outcome === 'skipped') return pod;
  return fastJsonPatch.applyPatch(structuredClone(pod), patchOf(pod, plan)).newDocument;
}

describe.for(Object.entries(PODS))('a Pod %s', ([, spec]) => {
  const pod: Pod = { metadata: { name: 'web', annotations: { 'tracehook.io/inject': 'true' } }, spec };

  test.for(Object.keys(SETTINGS).flatMap((then) => Object.keys(SETTINGS).map((now) => [then, now] as const)))(
    'that was injected as %s says is replaced as if it had never been, as %s says',
    ([then, now]) => {
      const running = injected(pod, SETTINGS[then]);
      expect(planReplacement(inputOf(running, SETTINGS[now]))).toEqual(planInjection(inputOf(pod, SETTINGS[now])));
    },
  );
});

test('without annotations it is the plan of the Pod', () => {
  const pod: Pod = { metadata: { name: 'web' }, spec: { containers: [{ name: 'app' }] } };
  expect(planReplacement({ ...inputOf(pod, SETTINGS['one']), optIn: 'all' })).toMatchObject({ outcome: 'injected' });
});
