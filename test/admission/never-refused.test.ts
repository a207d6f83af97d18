import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesObject } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import {
  makeNamespace,
  minimalPod,
  type PodManifest,
  type RegisteredWebhook,
  registerWebhook,
} from './webhook-on-plane.ts';
import { describeOnVersions } from './versions.ts';

const LIMIT_RANGE = {
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'defaults', namespace: 'limited' },
  spec: { limits: [{ type: 'Container', default: { memory: '256Mi' }, defaultRequest: { memory: '128Mi' } }] },
};

const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

const small = { requests: { memory: '64Mi' }, limits: { memory: '64Mi' } };
const memory = { requests: { memory: '1Gi' }, limits: { memory: '1Gi' } };

/** A Pod of namespace `limited`, in sidecar mode unless the annotations say otherwise. */
function pod(name: string, annotations: Record<string, string>, spec: Record<string, unknown> = {}): PodManifest {
  const made = minimalPod('limited', name, { 'tracehook.io/inject': 'sidecar', ...annotations });
  return { ...made, spec: { ...made.spec, ...spec } };
}

const containers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `c${index}`, image: 'app:1' }));

/** What each Pod is, and how it comes out. */
const PODS: Readonly<Record<string, readonly [PodManifest, 'sidecar' | 'env' | 'bare']>> = {
  'resources of the whole Pod, beside defaults of a LimitRange': [
    pod('shared', {}, { resources: memory, containers: [{ name: 'app', image: 'app:1', resources: memory }] }),
    'sidecar',
  ],
  'a small limit of the whole Pod': [
    pod('small', {}, { resources: small, containers: [{ name: 'app', image: 'app:1', resources: small }] }),
    'sidecar',
  ],
  'a Pod that runs as root': [pod('root', {}, { securityContext: { runAsUser: 0 } }), 'sidecar'],
  'two hundred containers': [pod('many', { 'tracehook.io/inject': 'env' }, { containers: containers(200) }), 'env'],
  'long attributes for many containers': [
    pod(
      'long',
      {
        'tracehook.io/inject': 'env',
        ...Object.fromEntries(
          ['a', 'b', 'c', 'd'].map((key) => [`resource.opentelemetry.io/${key}`, 'x'.repeat(4_000)]),
        ),
      },
      { containers: containers(80) },
    ),
    'bare',
  ],
  'annotations with no room left': [pod('full', { 'tracehook.io/inject': 'env', big: 'x'.repeat(261_900) }), 'bare'],
};

describeOnVersions('what the API server takes, it takes with our patch', (plane) => {
  let registered: RegisteredWebhook;
  beforeAll(async () => {
    registered = await registerWebhook(plane());
    await makeNamespace(plane(), 'limited', 'enabled');
    await plane().client.create(LIMIT_RANGE);
  });
  afterAll(() => registered.stop());

  test.for(Object.entries(PODS))('%s', async ([, [manifest, expected]]) => {
    const { object } = await plane().client.create(manifest);
    expect(modeOf(object)).toBe(expected);
    await plane().client.delete(object);
  });

  test('a namespace that enforces restricted Pod security', async () => {
    await makeNamespace(plane(), 'restricted', 'enabled');
    await label(plane(), 'restricted', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    const made = minimalPod('restricted', 'strict', { 'tracehook.io/inject': 'sidecar' });
    const [app] = made.spec.containers;
    const strict = { ...made, spec: { ...made.spec, containers: [{ ...app, securityContext: RESTRICTED }] } };
    const { object } = await plane().client.create(strict, { dryRun: true });
    expect(modeOf(object)).toBe('sidecar');
  });
});

async function label(plane: ControlPlane, name: string, labels: Record<string, string>): Promise<void> {
  await plane.client.patch({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, 'merge', {
    metadata: { labels },
  });
}

function modeOf({ metadata }: KubernetesObject): string {
  const status = metadata?.annotations?.['tracehook.io/status'];
  return status === undefined ? 'bare' : (JSON.parse(status) as { mode: string }).mode;
}
