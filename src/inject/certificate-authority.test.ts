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

interface Given {
  readonly volumeMounts?: readonly { name: string; mountPath: string }[];
  readonly env?: readonly { name: string; value: string }[];
  readonly annotations?: Readonly<Record<string, string>>;
}

function planWith({ volumeMounts = [], env = [], annotations = {} }: Given) {
  const pod: Pod = {
    metadata: { name: 'shop', annotations: { 'tracehook.io/inject': 'env', ...annotations } },
    spec: { containers: [{ name: 'app', image: 'shop:1', env, volumeMounts }] },
  };
  const configMapKeys = () => new Set(['ca.crt']);
  const plan = planInjection({ pod, namespace: 'shop', optIn: 'enabled', settings, configMapKeys });
  if (plan.outcome === 'skipped') throw new Error(plan.message);
  return { plan, patch: JSON.stringify(patchOf(pod, plan)) };
}

/** The API server refuses such a Pod, after it has asked: a mount of a volume that is not there. */
test('a mount with the name of our volume keeps the certificate out, though the Pod has no such volume', () => {
  const { plan, patch } = planWith({ volumeMounts: [{ name: 'tracehook-otlp-ca', mountPath: '/certificates' }] });
  expect(plan.notes.map(({ reason }) => reason)).toContain('VolumeConflict');
  expect(plan.volumes).toEqual([]);
  expect(patch).not.toContain('CERTIFICATE');
});

const PLACE = '/var/run/tracehook.io/otlp-ca';
test.each([PLACE, `${PLACE}/`, `${PLACE}/ca.crt`, '//var/run/./tracehook.io/otlp-ca'])(
  'a mount at %s, where one of them would hide the other, keeps the certificate out',
  (mountPath) => {
    const { plan, patch } = planWith({ volumeMounts: [{ name: 'own', mountPath }] });
    expect(plan.notes.map(({ reason }) => reason)).toContain('VolumeConflict');
    expect(patch).not.toContain('CERTIFICATE');
  },
);

test.each([`${PLACE}-2`, '/var/run/tracehook.io', '/'])('a mount at %s does not', (mountPath) => {
  const { plan, patch } = planWith({ volumeMounts: [{ name: 'own', mountPath }] });
  expect(plan.notes.map(({ reason }) => reason)).not.toContain('VolumeConflict');
  expect(patch).toContain('CERTIFICATE');
});

test('a certificate of the container’s own keeps ours out, with its mount and its volume', () => {
  const { plan } = planWith({ env: [{ name: 'OTEL_EXPORTER_OTLP_CERTIFICATE', value: '/own.crt' }] });
  expect(plan.containers).toMatchObject([
    { keep: [{ name: 'OTEL_EXPORTER_OTLP_CERTIFICATE', reason: 'UserDefined' }], mounts: [] },
  ]);
  expect(plan.volumes).toEqual([]);
});

test('a certificate that is to be skipped is not mounted either', () => {
  const { plan } = planWith({ annotations: { 'tracehook.io/skip-env': 'OTEL_EXPORTER_OTLP_CERTIFICATE' } });
  expect(plan.containers).toMatchObject([
    { keep: [{ name: 'OTEL_EXPORTER_OTLP_CERTIFICATE', reason: 'SkipEnv' }], mounts: [] },
  ]);
  expect(plan.volumes).toEqual([]);
});
