import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesObject } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { describeOnVersions } from './versions.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type ForeignWebhook, registerForeign, servePatches } from './foreign-webhook.ts';
import { makeNamespace, minimalPod, type RegisteredWebhook, registerWebhook } from './webhook-on-plane.ts';

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}

function containersOf(pod: KubernetesObject): Container[] {
  return (pod as KubernetesObject & { spec: { containers: Container[] } }).spec.containers;
}

function names(pod: KubernetesObject, container: string): string[] {
  return (containersOf(pod).find(({ name }) => name === container)?.env ?? []).map(({ name }) => name);
}

/** Adds a container once, as Istio and others do. */
function addContainer(name: string) {
  return (pod: KubernetesObject) =>
    containersOf(pod).some((container) => container.name === name)
      ? []
      : [{ op: 'add' as const, path: '/spec/containers/-', value: { name, image: 'other:1' } }];
}

describeOnVersions('another mutating webhook', (plane) => {
  let registered: RegisteredWebhook;
  const foreign: ForeignWebhook[] = [];
  beforeAll(async () => {
    registered = await registerWebhook(plane());
  });
  afterAll(async () => {
    await registered.stop();
    for (const webhook of foreign) await webhook.stop();
  });

  async function withForeign(name: string, patch: Parameters<typeof servePatches>[0]): Promise<string> {
    const webhook = await servePatches(patch);
    foreign.push(webhook);
    await registerForeign(plane(), name, webhook);
    await makeNamespace(plane(), `ns-${name}`, 'enabled');
    await plane().client.patch({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `ns-${name}` } }, 'merge', {
      metadata: { labels: { foreign: name } },
    });
    await waitFor('both webhooks to be called', async () => {
      await create(plane(), `ns-${name}`);
      return webhook.calls() > 0;
    });
    return `ns-${name}`;
  }

  test('before ours: what it set counts as the user’s own', async () => {
    const namespace = await withForeign('aaa-before', (pod) =>
      containersOf(pod)[0]?.env === undefined
        ? [{ op: 'add', path: '/spec/containers/0/env', value: [{ name: 'OTEL_SERVICE_NAME', value: 'theirs' }] }]
        : [],
    );
    const pod = await create(plane(), namespace);
    expect(containersOf(pod)[0]?.env?.find(({ name }) => name === 'OTEL_SERVICE_NAME')?.value).toBe('theirs');
    expect(names(pod, 'app').filter((name) => name === 'OTEL_SERVICE_NAME')).toHaveLength(1);
    expect(names(pod, 'app')).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
  });

  test('after ours: a container that it adds is injected on reinvocation, and nothing is written twice', async () => {
    const namespace = await withForeign('zzz-after', addContainer('late'));
    const pod = await create(plane(), namespace);
    for (const container of ['app', 'late']) {
      expect(names(pod, container)).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
      expect(new Set(names(pod, container)).size).toBe(names(pod, container).length);
    }
    const status = JSON.parse(pod.metadata?.annotations?.['tracehook.io/status'] ?? '{}') as {
      containers: Record<string, { env: string[] }>;
    };
    expect(status.containers['app']?.env).toEqual(names(pod, 'app'));
    expect(status.containers['late']?.env).toEqual(names(pod, 'late'));
  });

  test('after ours: a proxy that it adds is left alone', async () => {
    const namespace = await withForeign('zzz-proxy', addContainer('istio-proxy'));
    const pod = await create(plane(), namespace);
    expect(names(pod, 'app')).toContain('OTEL_SERVICE_NAME');
    expect(names(pod, 'istio-proxy')).toEqual([]);
  });
});

async function create(plane: ControlPlane, namespace: string): Promise<KubernetesObject> {
  const { object } = await plane.client.create(minimalPod(namespace, 'pod', { 'tracehook.io/inject': 'env' }), {
    dryRun: true,
  });
  return object;
}
