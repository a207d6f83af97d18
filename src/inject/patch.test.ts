import { expect, test } from 'vitest';
import { resolveSettings } from '../settings/index.ts';
import { patchOf, planInjection, type Pod } from './index.ts';

const settings = resolveSettings(
  {
    source: 'test',
    spec: { collector: { http: 'https://collector:4318', certificateAuthority: { configMap: 'ca', key: 'ca.crt' } } },
  },
  undefined,
);

test.each([undefined, null, []])('a list that is %j is made at once, with all that goes into it', (list) => {
  const pod = {
    metadata: { name: 'cart', annotations: { 'tracehook.io/inject': 'true' } },
    spec: {
      containers: [{ name: 'app', ...(list === undefined ? {} : { env: list, volumeMounts: list }) }],
      ...(list === undefined ? {} : { volumes: list }),
    },
  } satisfies Pod;
  const configMapKeys = () => new Set(['ca.crt']);
  const plan = planInjection({ pod, namespace: 'shop', optIn: 'enabled', settings, configMapKeys });
  if (plan.outcome === 'skipped') throw new Error(plan.message);
  expect(patchOf(pod, plan)).toEqual([
    { op: 'add', path: '/spec/containers/0/env', value: plan.containers[0]?.add.map(({ entry }) => entry) },
    { op: 'add', path: '/spec/containers/0/volumeMounts', value: plan.containers[0]?.mounts },
    { op: 'add', path: '/spec/volumes', value: plan.volumes.map(({ volume }) => volume) },
    { op: 'add', path: '/metadata/annotations/tracehook.io~1status', value: plan.status },
  ]);
});
