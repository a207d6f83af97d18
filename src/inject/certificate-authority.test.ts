import { expect, test } from 'vitest';
import { resolveSettings } from '../settings/index.ts';
import { patchOf, planInjection, type Pod } from './index.ts';

const settings = resolveSettings(
  {
    source: 'a document',
    spec: {
      collector: {
        http: 'https://collector:4318',
        certificateAuthority: { configMap: 'otlp-ca', key: 'ca.crt' },
      },
    },
  },
  undefined,
);

/** The API server refuses such a Pod, after it has asked: a mount of a volume that is not there. */
test('a mount with the name of our volume keeps the certificate out, though the Pod has no such volume', () => {
  const pod: Pod = {
    metadata: { name: 'shop', annotations: { 'tracehook.io/inject': 'env' } },
    spec: {
      containers: [
        { name: 'app', image: 'shop:1', volumeMounts: [{ name: 'tracehook-otlp-ca', mountPath: '/certificates' }] },
      ],
    },
  };
  const plan = planInjection({
    pod,
    namespace: 'shop',
    optIn: 'enabled',
    settings,
    configMapKeys: () => new Set(['ca.crt']),
  });
  if (plan.outcome === 'skipped') throw new Error(plan.message);
  expect(plan.notes.map(({ reason }) => reason)).toContain('VolumeConflict');
  expect(plan.volumes).toEqual([]);
  expect(JSON.stringify(patchOf(pod, plan))).not.toContain('CERTIFICATE');
});
