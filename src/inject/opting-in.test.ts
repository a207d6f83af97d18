import { describe, expect, it } from 'vitest';
import { type OptIn, resolveSettings } from '../settings/index.ts';
import { CHECKS, planInjection } from './index.ts';

const settings = resolveSettings({ source: 'test', spec: { collector: { http: 'http://collector:4318' } } }, undefined);

function planFor(optIn: OptIn, annotations: Readonly<Record<string, string>>) {
  const pod = { metadata: { name: 'cart', annotations }, spec: { containers: [{ name: 'app' }] } };
  return planInjection({ pod, namespace: 'shop', optIn, settings, configMapKeys: () => undefined });
}

/** The row of an annotation's value; `-` is an annotation that is not there. */
function annotationsOf(inject: string, jaeger: string): Readonly<Record<string, string>> {
  return {
    ...(inject === '-' ? {} : { 'tracehook.io/inject': inject }),
    ...(jaeger === '-' ? {} : { 'sidecar.jaegertracing.io/inject': jaeger }),
  };
}

describe('opting in: label of the namespace, tracehook.io/inject, sidecar.jaegertracing.io/inject', () => {
  it.each<[OptIn, string, string, string]>([
    ['enabled', '-', '-', 'NotRequested'],
    ['enabled', '-', 'true', 'sidecar'],
    ['enabled', '-', 'my-jaeger', 'sidecar'],
    ['enabled', '-', 'false', 'OptedOut'],
    ['enabled', '-', 'My Jaeger', 'InvalidAnnotation'],
    ['enabled', 'true', '-', 'env'],
    ['enabled', 'true', 'true', 'env'],
    ['enabled', 'true', 'my-jaeger', 'env'],
    ['enabled', 'true', 'false', 'env'],
    ['enabled', 'true', 'My Jaeger', 'InvalidAnnotation'],
    ['enabled', 'env', '-', 'env'],
    ['enabled', 'env', 'true', 'env'],
    ['enabled', 'env', 'false', 'env'],
    ['enabled', 'sidecar', '-', 'sidecar'],
    ['enabled', 'sidecar', 'true', 'sidecar'],
    ['enabled', 'sidecar', 'false', 'sidecar'],
    ['enabled', 'false', '-', 'OptedOut'],
    ['enabled', 'false', 'true', 'OptedOut'],
    ['enabled', 'false', 'false', 'OptedOut'],
    ['enabled', 'yes', '-', 'InvalidAnnotation'],
    ['enabled', 'yes', 'true', 'InvalidAnnotation'],
    ['enabled', 'yes', 'false', 'InvalidAnnotation'],
    ['all', '-', '-', 'env'],
    ['all', '-', 'true', 'sidecar'],
    ['all', '-', 'my-jaeger', 'sidecar'],
    ['all', '-', 'false', 'OptedOut'],
    ['all', '-', 'My Jaeger', 'InvalidAnnotation'],
    ['all', 'true', '-', 'env'],
    ['all', 'true', 'false', 'env'],
    ['all', 'env', 'true', 'env'],
    ['all', 'sidecar', 'false', 'sidecar'],
    ['all', 'false', '-', 'OptedOut'],
    ['all', 'false', 'true', 'OptedOut'],
    ['all', 'yes', '-', 'InvalidAnnotation'],
    ['none', '-', '-', 'NamespaceNotOptedIn'],
    ['none', 'true', '-', 'NamespaceNotOptedIn'],
    ['none', '-', 'true', 'NamespaceNotOptedIn'],
    ['none', 'false', '-', 'NamespaceNotOptedIn'],
    ['none', 'yes', '-', 'NamespaceNotOptedIn'],
  ])('%s, %s, %s: %s', (optIn, inject, jaeger, expected) => {
    const plan = planFor(optIn, annotationsOf(inject, jaeger));
    expect(plan.outcome === 'skipped' ? plan.reason : plan.mode).toBe(expected);
  });

  it('warns of a value that nobody knows, and is quiet where nobody asked', () => {
    const warns = (optIn: OptIn, inject: string) => {
      const plan = planFor(optIn, annotationsOf(inject, '-'));
      return plan.outcome === 'skipped' && plan.warn;
    };
    expect(warns('enabled', 'yes')).toBe(true);
    expect(['-', 'false'].map((inject) => warns('enabled', inject))).toEqual([false, false]);
    expect(warns('none', 'yes')).toBe(false);
  });
});

describe('the checks', () => {
  it('have names of their own', () => {
    expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
  });

  it('stop at the first that a Pod does not pass', () => {
    const annotations = { 'tracehook.io/inject': 'yes', 'tracehook.io/language': 'cobol' };
    expect(planFor('none', annotations)).toMatchObject({ check: 'namespace' });
    expect(planFor('enabled', annotations)).toMatchObject({ check: 'request' });
    expect(planFor('enabled', { ...annotations, 'tracehook.io/inject': 'true' })).toMatchObject({
      check: 'annotations',
    });
  });
});
