import { expect, test } from 'vitest';
import { resolveSettings } from '../settings/index.ts';
import { planInjection } from './index.ts';

const settings = resolveSettings({ source: 'test', spec: { collector: { http: 'http://collector:4318' } } }, undefined);

function messagesOf(annotations: Readonly<Record<string, string>>): readonly string[] {
  const pod = {
    metadata: { name: 'cart', annotations: { 'tracehook.io/inject': 'true', ...annotations } },
    spec: { containers: [{ name: 'app' }] },
  };
  const plan = planInjection({ pod, namespace: 'shop', optIn: 'enabled', settings, configMapKeys: () => undefined });
  if (plan.outcome === 'skipped') throw new Error(plan.message);
  return plan.notes.map(({ message }) => message);
}

test('an annotation of ours that is like none that exists is told all of them', () => {
  expect(messagesOf({ 'tracehook.io/weather-forecast': 'fine' })).toEqual([
    'annotation tracehook.io/weather-forecast does not exist; there are tracehook.io/inject, tracehook.io/containers, tracehook.io/language, tracehook.io/language.<container>, tracehook.io/skip-env, tracehook.io/status',
  ]);
});

test('of many that do not exist twenty are told', () => {
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`tracehook.io/weather-${index}`, 'x']));
  expect(messagesOf(many)).toHaveLength(20);
});

test.each([
  [20, /WANTED_20, which is never injected$/],
  [21, /WANTED_20 and 1 more, which is never injected$/],
])('of %i names twenty are listed', (count, ending) => {
  const names = Array.from({ length: count }, (_, index) => `WANTED_${index + 1}`);
  expect(messagesOf({ 'tracehook.io/skip-env': names.join(', ') })).toEqual([expect.stringMatching(ending)]);
});
