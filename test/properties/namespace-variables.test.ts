import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Pod, planInjection } from '../../src/inject/index.ts';
import type { Settings } from '../../src/settings/index.ts';
import { desiredObjects } from '../../src/sync/index.ts';
import { generatedSpecs, settingsOf } from './generated-settings.ts';

const POD: Pod = {
  metadata: { name: 'web', annotations: { 'tracehook.io/inject': 'env' } },
  spec: { containers: [{ name: 'main', image: 'web:1' }] },
};

function variablesOf(settings: Settings): Readonly<Record<string, string>> {
  const [env] = desiredObjects({ namespace: 'shop', settings, samplingTarget: 'sampling.svc' }).objects;
  if (env === undefined || !('data' in env.content)) throw new Error('the first object is a ConfigMap');
  return env.content.data;
}

/** What a Pod of the namespace is injected with, none of its services having a strategy of its own. */
function injectedInto(pod: Pod, settings: Settings): ReadonlyMap<string, string | null | undefined> {
  const { sampling } = settings;
  const common = { ...settings, sampling: { ...sampling, services: { ...sampling.services, value: [] } } };
  const plan = planInjection({
    pod,
    namespace: 'shop',
    optIn: 'all',
    settings: common,
    configMapKeys: () => undefined,
  });
  if (plan.outcome === 'skipped') return new Map();
  return new Map(plan.containers.flatMap(({ add }) => add.map(({ entry }) => [entry.name, entry.value])));
}

/** Travel together: both or none. */
const PAIRS = [
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  ['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'],
  ['JAEGER_AGENT_HOST', 'JAEGER_AGENT_PORT'],
  ['JAEGER_SAMPLER_TYPE', 'JAEGER_SAMPLER_PARAM'],
] as const;

test('whatever the settings, a namespace has the variables that its Pods are injected with, whole pairs, and no references', () => {
  fc.assert(
    fc.property(generatedSpecs.map(settingsOf), (settings) => {
      const variables = variablesOf(settings);
      const injected = injectedInto(POD, settings);
      for (const [name, value] of Object.entries(variables)) {
        expect(value).not.toMatch(/\$[$(]/);
        expect(injected.get(name)).toBe(value);
      }
      for (const [one, other] of PAIRS) expect(one in variables).toBe(other in variables);
    }),
    { numRuns: 500 },
  );
});
