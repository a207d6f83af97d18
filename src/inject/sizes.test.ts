import jsonPatch from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import { resolveSettings, type TracingSpec } from '../settings/index.ts';
import { type InjectionPlan, patchOf, planInjection, type Pod } from './index.ts';

const SPEC: TracingSpec = { collector: { http: 'http://collector:4318' } };

function planOf(annotations: Record<string, string>, containers: Pod['spec']['containers'] = [{ name: 'app' }]) {
  return planOfPod({ metadata: { name: 'shop', annotations }, spec: { containers } });
}

function planOfPod(pod: Pod): InjectionPlan {
  const settings = resolveSettings({ source: 'a document', spec: SPEC }, undefined);
  return planInjection({ pod, namespace: 'shop', optIn: 'enabled', settings, configMapKeys: () => undefined });
}

/** What the API server takes of annotations, and the key of the one that we would write. */
const [MOST, STATUS] = [262_144, 'tracehook.io/status'];

describe('annotations of just the size that the API server takes', () => {
  test.each([0, 1])('are read, and not with %i bytes more', (more) => {
    const note = 'x'.repeat(MOST - STATUS.length - 'note'.length + more);
    expect(planOf({ note })).toMatchObject({ reason: more === 0 ? 'NotRequested' : 'AnnotationsTooLong' });
    // An older status gives way to the new one.
    expect(planOf({ note, [STATUS]: 'old' })).toMatchObject({
      reason: more === 0 ? 'NotRequested' : 'AnnotationsTooLong',
    });
  });

  test.each([0, 1])('have room for the status, and not with %i bytes more', (more) => {
    const ask = { 'tracehook.io/inject': 'true' };
    const small = planOf(ask);
    if (small.outcome === 'skipped') throw new Error(small.message);
    const taken = STATUS.length + small.status.length + 'tracehook.io/inject'.length + 'true'.length + 'note'.length;
    expect(planOf({ ...ask, note: 'x'.repeat(MOST - taken + more) })).toMatchObject({
      reason: more === 0 ? 'Injected' : 'AnnotationsTooLong',
    });
  });
});

test('values that are extended count for what is added', () => {
  const containers = Array.from({ length: 13 }, (_, index) => ({
    name: `app-${index}`,
    env: [{ name: 'OTEL_RESOURCE_ATTRIBUTES', value: `a=${'x'.repeat(64_000)}` }],
  }));
  expect(planOf({ 'tracehook.io/inject': 'true' }, containers)).toMatchObject({ reason: 'PatchTooLong' });
  expect(planOf({ 'tracehook.io/inject': 'true' }, containers.slice(2))).toMatchObject({ reason: 'Injected' });
});

describe('resource attributes of just the size that a variable may have', () => {
  const NAME = 'OTEL_RESOURCE_ATTRIBUTES';
  const planWith = (value: string) =>
    planOf({ 'tracehook.io/inject': 'true' }, [{ name: 'app', env: [{ name: NAME, value }] }]);

  test.each([0, 1])('are extended, and left as they are with %i bytes more', (more) => {
    const small = planWith('a=x');
    if (small.outcome === 'skipped') throw new Error(small.message);
    const left = 65_536 - (small.containers[0]?.extend?.after.length ?? 0);
    expect(planWith(`a=x${'x'.repeat(left + more)}`)).toMatchObject(
      more === 0
        ? { containers: [{ extend: { name: NAME }, keep: [] }], notes: [] }
        : { containers: [{ keep: [{ name: NAME, reason: 'UserDefined' }] }], notes: [{ reason: 'AttributesTooLong' }] },
    );
  });
});

describe('a Pod that has all of it', () => {
  const HELPERS = 'TRACEHOOK_POD_NAME,TRACEHOOK_POD_UID,TRACEHOOK_NODE_NAME';
  const own = ['OTEL_SERVICE_NAME', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_METRICS_EXPORTER', 'OTEL_LOGS_EXPORTER'].map(
    (name) => ({ name, value: 'mine' }),
  );
  const attributes = { name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'team=a' };
  const again = (containers: Pod['spec']['containers']) => {
    const annotations = { 'tracehook.io/inject': 'true', 'tracehook.io/skip-env': HELPERS };
    const pod: Pod = { metadata: { name: 'shop', annotations }, spec: { containers } };
    const plan = planOfPod(pod);
    if (plan.outcome === 'skipped') throw new Error(plan.message);
    return planOfPod(jsonPatch.applyPatch(structuredClone(pod), structuredClone(patchOf(pod, plan))).newDocument);
  };

  test('was injected if one value was extended, and nothing else', () => {
    expect(again([{ name: 'app', env: [...own, attributes] }])).toMatchObject({ reason: 'AlreadyInjected' });
  });

  test('was injected if one container of two was', () => {
    const valueFrom = { configMapKeyRef: { name: 'a', key: 'b' } };
    const full = { name: 'full', env: [...own, { name: 'OTEL_RESOURCE_ATTRIBUTES', valueFrom }] };
    expect(again([full])).toMatchObject({ reason: 'NothingToAdd' });
    expect(again([full, { name: 'app' }])).toMatchObject({ reason: 'AlreadyInjected' });
  });
});
