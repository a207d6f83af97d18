import { expect, test } from 'vitest';
import { resolveSettings, type TracingSpec } from '../settings/index.ts';
import type { Pod } from './pod.ts';
import { agentResources } from './sidecar-resources.ts';

function resourcesOf(resources: Pod['spec']['resources'], sidecar: TracingSpec['sidecar'] = {}) {
  const settings = resolveSettings({ source: 'a document', spec: { sidecar } }, undefined);
  const pod: Pod = { metadata: {}, spec: { containers: [], ...(resources === undefined ? {} : { resources }) } };
  const input = { pod, settings, namespace: 'shop', optIn: 'enabled', configMapKeys: () => undefined } as const;
  const { resources: found, memoryBytes } = agentResources(input);
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
