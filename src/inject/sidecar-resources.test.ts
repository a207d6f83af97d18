import { expect, test } from 'vitest';
import { resolveSettings, type TracingSpec } from '../settings/index.ts';
import type { Pod } from './pod.ts';
import { agentResources } from './sidecar-resources.ts';

function agentOf(resources: Pod['spec']['resources'], sidecar: TracingSpec['sidecar'] = {}) {
  const settings = resolveSettings({ source: 'a document', spec: { sidecar } }, undefined);
  const pod: Pod = { metadata: {}, spec: { containers: [], ...(resources === undefined ? {} : { resources }) } };
  const input = { pod, settings, namespace: 'shop', optIn: 'enabled', configMapKeys: () => undefined } as const;
  return agentResources(input);
}

function resourcesOf(resources: Pod['spec']['resources'], sidecar?: TracingSpec['sidecar']) {
  const { resources: found, memoryBytes } = agentOf(resources, sidecar);
  return { ...found, memoryBytes };
}

const MI = 2 ** 20;

test.for([undefined, null, {}, { requests: {}, limits: null }])(
  'without resources of the Pod (%j) they are those configured',
  (resources) => {
    expect(resourcesOf(resources)).toEqual({
      requests: { cpu: '10m', memory: '64Mi' },
      limits: { memory: '128Mi' },
      memoryBytes: 128 * MI,
    });
  },
);

test('a request above its limit is cut to the limit', () => {
  const sidecar = { resources: { limits: { memory: '32Mi' } } };
  expect(resourcesOf(undefined, sidecar)).toMatchObject({ requests: { memory: '32Mi' }, memoryBytes: 32 * MI });
});

test('a request that is its limit, written otherwise, stays as it is written', () => {
  const sidecar = { resources: { requests: { memory: '128Mi' }, limits: { memory: '134217728' } } };
  expect(resourcesOf(undefined, sidecar)).toMatchObject({ requests: { memory: '128Mi' } });
});

test.for<[string, Pod['spec']['resources'], readonly string[]]>([
  ['all that are configured', undefined, ['requests.cpu', 'requests.memory', 'limits.memory', 'limits.cpu']],
  ['the limit of memory beside requests of the Pod', { requests: { cpu: '1' } }, ['limits.memory']],
  ['those that the Pod has as well', { limits: { cpu: '2', memory: '1Gi' } }, ['limits.memory', 'limits.cpu']],
])('the settings that they come from are %s', ([, resources, paths]) => {
  const { applied } = agentOf(resources, { resources: { limits: { cpu: '500m' } } });
  expect(applied.map(({ path }) => path)).toEqual(paths.map((path) => `sidecar.resources.${path}`));
});

test.for<[string, Pod['spec']['resources'], object]>([
  [
    'nothing is asked for beside requests of the Pod',
    { requests: { memory: '1Gi' } },
    { limits: {}, memoryBytes: 128 * MI },
  ],
  [
    'the limit stays below the Pod’s',
    { limits: { memory: '1Gi', cpu: 2 } },
    { limits: { memory: '128Mi', cpu: '2' }, memoryBytes: 128 * MI },
  ],
  [
    'a smaller limit of the Pod holds',
    { limits: { memory: '96Mi' } },
    { limits: { memory: '96Mi' }, memoryBytes: 96 * MI },
  ],
  [
    'huge pages are none of its business',
    { limits: { 'hugepages-2Mi': '4Mi' } },
    { limits: {}, memoryBytes: 128 * MI },
  ],
])('%s', ([, resources, expected]) => {
  expect(resourcesOf(resources)).toEqual({ requests: { cpu: '0', memory: '0' }, ...expected });
});
