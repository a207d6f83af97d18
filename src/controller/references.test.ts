import { expect, test } from 'vitest';
import { podRefersTo } from './references.ts';

const referred = { configMaps: new Set(['tracehook-env']), host: 'tracehook-sampling.shop' };
const withContainer = (container: object, list = 'containers') => ({ spec: { [list]: [{ name: 'a' }, container] } });
const valueOf = (value: unknown) => withContainer({ env: [{ name: 'A', value }] });

test.each<[string, unknown]>([
  ['envFrom of the ConfigMap', withContainer({ envFrom: [{ configMapRef: { name: 'tracehook-env' } }] })],
  [
    'envFrom of it in an init container',
    withContainer({ envFrom: [{ configMapRef: { name: 'tracehook-env' } }] }, 'initContainers'),
  ],
  [
    'a variable of one of its keys',
    withContainer({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'tracehook-env', key: 'A' } } }] }),
  ],
  ['a volume of it', { spec: { volumes: [{ name: 'v', configMap: { name: 'tracehook-env' } }] } }],
  [
    'a projected volume of it',
    {
      spec: {
        volumes: [{ name: 'v', projected: { sources: [{ secret: {} }, { configMap: { name: 'tracehook-env' } }] } }],
      },
    },
  ],
  ['a variable with the host name', valueOf('http://tracehook-sampling.shop.svc:5778/sampling')],
])('%s refers to it', (_what, pod) => {
  expect(podRefersTo(pod, referred)).toBe(true);
  expect(podRefersTo({ ...(pod as object), status: { phase: 'Running' } }, referred)).toBe(true);
});

test.each<[string, unknown]>([
  ['no Pod at all', undefined],
  ['a Pod without anything', { spec: { containers: [{ name: 'a' }] } }],
  ['another ConfigMap', withContainer({ envFrom: [{ configMapRef: { name: 'other' } }] })],
  ['a Secret of that name', withContainer({ envFrom: [{ secretRef: { name: 'tracehook-env' } }] })],
  ['another host', valueOf('http://tracehook-sampling.other.svc')],
  [
    'fields that are not what they should be',
    { spec: { containers: [7, { env: 'x', envFrom: [null] }], volumes: {} } },
  ],
  ['a value that is no text', valueOf(7)],
])('%s does not', (_what, pod) => {
  expect(podRefersTo(pod, referred)).toBe(false);
});

test.each(['Succeeded', 'Failed'])('a Pod that is %s depends on nothing', (phase) => {
  const pod = { ...withContainer({ envFrom: [{ configMapRef: { name: 'tracehook-env' } }] }), status: { phase } };
  expect(podRefersTo(pod, referred)).toBe(false);
});
