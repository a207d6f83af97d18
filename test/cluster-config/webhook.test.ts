import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { ConfigKind } from '../../src/settings/index.ts';
import type { Client, KubernetesObject } from '../control-plane/client.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { mutatingWebhookConfiguration } from '../control-plane/webhook-configuration.ts';
import { minimalPod } from '../admission/webhook-on-plane.ts';
import { installCrds } from '../crds/installed.ts';
import { buildBundle, bundleIsOld } from '../server-process/bundle.ts';
import { endpointOf, grantAccess, startClusterWebhook, untilEndpoint, WEBHOOK_USER } from './cluster-webhook.ts';

/** A process that reads sources from disk may find them old. */
beforeAll(async () => {
  if (await bundleIsOld()) await buildBundle();
});

function config(kind: ConfigKind, namespace: string | undefined, spec: object): KubernetesObject & { spec: object } {
  const metadata = { name: 'default', ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion: 'tracehook.io/v1alpha1', kind, metadata, spec };
}

const endpoint = (name: string): string => `http://${name}.example:4318`;
const at = (name: string, more: object = {}): object => ({ collector: { http: endpoint(name) }, ...more });

// In the order in which they stand: the first begins without the CustomResourceDefinitions.
describeWithControlPlane(
  "the webhook on the cluster's configuration",
  (plane) => {
    const client = (): Client => plane().client;
    const apply = (object: KubernetesObject): Promise<unknown> =>
      client().apply(object, { fieldManager: 'test', force: true });
    const makeNamespace = (name: string): Promise<unknown> =>
      client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

    beforeAll(() => grantAccess(client()));

    test('started before the CustomResourceDefinitions it says so, and is ready by itself once they are there', async () => {
      const webhook = await startClusterWebhook(plane());
      await waitFor('the first lists to have failed', async () => (await webhook.notReady()).length === 2);
      expect(await webhook.notReady()).toEqual(
        ['ClusterTracingConfigs', 'TracingConfigs'].map(
          (kind) =>
            `${kind} of the cluster are not read yet: the API server has no such kind, its CustomResourceDefinition is missing`,
        ),
      );
      await installCrds(plane());
      await waitFor('the webhook to be ready', async () => (await webhook.notReady()).length === 0);
      await apply(config('ClusterTracingConfig', undefined, at('first')));
      await untilEndpoint(webhook, 'any', endpoint('first'));
    });

    test('a change is in force for new Pods, and a deletion too', async () => {
      const webhook = await startClusterWebhook(plane());
      await makeNamespace('shop');
      await waitFor('the webhook to be ready', async () => (await webhook.notReady()).length === 0);
      await apply(config('ClusterTracingConfig', undefined, at('whole')));
      await untilEndpoint(webhook, 'shop', endpoint('whole'));
      await apply(config('TracingConfig', 'shop', at('own')));
      await untilEndpoint(webhook, 'shop', endpoint('own'));
      expect(await endpointOf(webhook, 'other')).toBe(endpoint('whole'));
      await client().delete(config('TracingConfig', 'shop', {}));
      await untilEndpoint(webhook, 'shop', endpoint('whole'));
      await client().delete(config('ClusterTracingConfig', undefined, {}));
      await untilEndpoint(webhook, 'shop', 'none');
      expect((await webhook.review('shop')).auditReason).toBe('NoCollector');
    });

    test('Pods that the API server creates have what its objects say', async () => {
      const webhook = await startClusterWebhook(plane());
      const labels = { 'tracehook.io/injection': 'all' };
      await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'called', labels } });
      await apply(config('ClusterTracingConfig', undefined, at('whole')));
      await apply(config('TracingConfig', 'called', at('own')));
      const { url, caPem } = webhook;
      const registration = mutatingWebhookConfiguration({ name: 'tracehook', url, caBundlePem: caPem });
      await client().create(registration);
      try {
        await untilCreatedWith('own');
        await apply(config('TracingConfig', 'called', at('changed')));
        await untilCreatedWith('changed');
      } finally {
        await client().delete(registration);
      }

      async function untilCreatedWith(name: string): Promise<void> {
        const pod = minimalPod('called', 'app', {});
        await waitFor(`Pods with the endpoint ${name}`, async () => {
          const { object } = await client().create(pod, { dryRun: true });
          return JSON.stringify(object.spec).includes(endpoint(name));
        });
      }
    });

    test("what a ConfigMap defines by envFrom is the Pod's own, from when the ConfigMap is there", async () => {
      const webhook = await startClusterWebhook(plane());
      await makeNamespace('mapped');
      await apply(config('ClusterTracingConfig', undefined, at('whole')));
      await untilEndpoint(webhook, 'mapped', endpoint('whole'));
      const container = { envFrom: [{ configMapRef: { name: 'otel' } }] };
      const names = async () => Object.keys((await webhook.review('mapped', container)).env);
      expect(await names()).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'otel', namespace: 'mapped' } };
      await client().create({ ...map, data: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://mine:4317' } });
      await waitFor(
        'the endpoint to be left alone',
        async () => !(await names()).includes('OTEL_EXPORTER_OTLP_ENDPOINT'),
      );
      await client().delete(map);
      await waitFor('the endpoint to be ours again', async () =>
        (await names()).includes('OTEL_EXPORTER_OTLP_ENDPOINT'),
      );
    });

    test('without list on ConfigMaps it is not ready and says why, unless it need not know them', async () => {
      const role = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'tracehook-webhook' },
      };
      const before = await client().get<KubernetesObject & { rules: { apiGroups: string[] }[] }>(role);
      const rules = before.object.rules.filter(({ apiGroups }) => !apiGroups.includes(''));
      await client().patch(role, 'merge', { rules });
      try {
        const webhook = await startClusterWebhook(plane());
        await waitFor('it to say why', async () => (await webhook.notReady()).join('\n').includes('forbidden'));
        expect(await webhook.notReady()).toEqual([
          expect.stringContaining(
            `ConfigMaps of the cluster are not read yet: GET /api/v1/configmaps: configmaps is forbidden: User "${WEBHOOK_USER}"`,
          ),
        ]);
        const other = await startClusterWebhook(plane(), { args: ['--watch-config-maps', 'off'] });
        await waitFor('the other to be ready', async () => (await other.notReady()).length === 0);
        await untilEndpoint(other, 'any', endpoint('whole'));
      } finally {
        await client().patch(role, 'merge', { rules: before.object.rules });
      }
    });

    test('what the API server has accepted and our rules refuse leaves the last good settings in force', async () => {
      const webhook = await startClusterWebhook(plane());
      await makeNamespace('crowded');
      const limits = { sidecar: { resources: { limits: { memory: '64Mi' } } } };
      await apply(config('ClusterTracingConfig', undefined, at('whole', limits)));
      await apply(config('TracingConfig', 'crowded', at('good')));
      await untilEndpoint(webhook, 'crowded', endpoint('good'));
      const requests = { sidecar: { resources: { requests: { memory: '96Mi' } } } };
      await apply(config('TracingConfig', 'crowded', at('bad', requests)));
      const told = await waitFor('the log to say so', () =>
        webhook.log.find((line) => line.includes('"level":"warn"')),
      );
      expect(JSON.parse(told)).toMatchObject({
        object: 'TracingConfig crowded/default',
        generation: 2,
        problems:
          'spec.sidecar.resources.requests.memory: must be at most the limit, "64Mi" (ClusterTracingConfig default), is "96Mi"',
        msg: 'configuration has mistakes, the last good one stays in force',
      });
      expect(await endpointOf(webhook, 'crowded')).toBe(endpoint('good'));
      await apply(config('TracingConfig', 'crowded', at('mended')));
      await untilEndpoint(webhook, 'crowded', endpoint('mended'));
    });

    test('while the API server is away it answers from memory and stays ready, and then catches up', async () => {
      const webhook = await startClusterWebhook(plane());
      await makeNamespace('steady');
      await apply(config('ClusterTracingConfig', undefined, at('whole')));
      await apply(config('TracingConfig', 'steady', at('before')));
      await untilEndpoint(webhook, 'steady', endpoint('before'));
      await plane().halt('kube-apiserver');
      expect(await endpointOf(webhook, 'steady')).toBe(endpoint('before'));
      await waitFor('the end of a watch to be noticed', () =>
        webhook.log.some((line) => line.includes('the watch has ended')),
      );
      expect(await webhook.notReady()).toEqual([]);
      expect(await endpointOf(webhook, 'steady')).toBe(endpoint('before'));
      await plane().resume('kube-apiserver');
      await apply(config('TracingConfig', 'steady', at('after')));
      await untilEndpoint(webhook, 'steady', endpoint('after'));
    });

    test('in a Pod the client library for kubeconfigs is never loaded, with a kubeconfig it is', async () => {
      for (const as of ['pod', 'kubeconfig'] as const) {
        const file = join(plane().folder, `modules-${as}`);
        const recorder = resolve(import.meta.dirname, 'record-modules.ts');
        const env = { NODE_OPTIONS: `--import=${recorder}`, MODULES_FILE: file };
        const webhook = await startClusterWebhook(plane(), { as, env });
        await waitFor('the webhook to be ready', async () => (await webhook.notReady()).length === 0);
        await untilEndpoint(webhook, 'any', endpoint('whole'));
        expect([as, await hasClientLibrary(file)]).toEqual([as, as === 'kubeconfig']);
      }
    });
  },
  { controllers: false, users: [{ name: WEBHOOK_USER, groups: [] }] },
);

/** Whether a loaded module has the client library's own method in it, bundled or not. */
async function hasClientLibrary(modulesFile: string): Promise<boolean> {
  const urls = (await readFile(modulesFile, 'utf8')).trimEnd().split('\n');
  const files = urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
  expect(files.some((file) => file.includes('dist/chunks/'))).toBe(true);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts.some((text) => text.includes('loadFromClusterAndUser'));
}
