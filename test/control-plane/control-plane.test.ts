import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import type { Client, KubernetesObject } from './client.ts';
import { describeWithControlPlane } from './suite.ts';
import { waitFor } from './wait-for.ts';
import { mutatingWebhookConfiguration } from './webhook-configuration.ts';

const POD_SPEC = { containers: [{ name: 'web', image: 'web:1' }] };

interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
}

async function newNamespace(client: Client, prefix: string): Promise<string> {
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { generateName: `${prefix}-` },
  };
  const { object } = await client.create<KubernetesObject>(namespace);
  const name = object.metadata.name ?? '';
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: name },
  };
  await waitFor(`the ServiceAccount of namespace ${name}`, () => client.get(account));
  return name;
}

/** The Pods whose controller is of this kind, once there are any. */
async function podsOf(client: Client, ownerKind: string, namespace: string): Promise<KubernetesObject[]> {
  return await waitFor(`a Pod of a ${ownerKind}`, async () => {
    const pods = await client.list({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace } });
    const owned = pods.filter((pod) => pod.metadata.ownerReferences?.some((owner) => owner.kind === ownerKind));
    return owned.length > 0 && owned;
  });
}

function workload(
  kind: string,
  namespace: string,
  spec: Record<string, unknown>,
): KubernetesObject & { spec: unknown } {
  const template = { metadata: { labels: { app: 'web' } }, spec: POD_SPEC };
  const selector = { matchLabels: { app: 'web' } };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web', namespace },
    spec: { selector, template, ...spec },
  };
}

describeWithControlPlane(
  'a control plane',
  (plane) => {
    test('a Deployment becomes a ReplicaSet becomes Pods', async () => {
      const { client } = plane();
      const namespace = await newNamespace(client, 'deployment');
      await client.create(workload('Deployment', namespace, { replicas: 2 }));
      const pods = await waitFor('two Pods', async () => {
        const found = await podsOf(client, 'ReplicaSet', namespace);
        return found.length === 2 && found;
      });
      const sets = await client.list({
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { namespace },
      });
      expect(sets.map((set) => set.metadata.ownerReferences?.[0]?.kind)).toEqual(['Deployment']);
      expect(pods[0]?.metadata.ownerReferences?.[0]?.name).toBe(sets[0]?.metadata.name);
    });

    test('a StatefulSet makes Pods', async () => {
      const { client } = plane();
      const namespace = await newNamespace(client, 'statefulset');
      await client.create(workload('StatefulSet', namespace, { replicas: 1, serviceName: 'web' }));
      const [pod] = await podsOf(client, 'StatefulSet', namespace);
      expect(pod?.metadata.name).toBe('web-0');
    });

    test('a DaemonSet makes a Pod for each Node object', async () => {
      const { client } = plane();
      const namespace = await newNamespace(client, 'daemonset');
      const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } };
      await client.create(node);
      // The API server adds a not-ready taint to every new Node, which here nobody takes away.
      await client.patch(node, 'merge', { spec: { taints: null } });
      await client.create(workload('DaemonSet', namespace, {}));
      expect(await podsOf(client, 'DaemonSet', namespace)).toHaveLength(1);
    });

    test('a Job makes a Pod', async () => {
      const { client } = plane();
      const namespace = await newNamespace(client, 'job');
      const template = { spec: { ...POD_SPEC, restartPolicy: 'Never' } };
      await client.create({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'once', namespace },
        spec: { template },
      });
      expect(await podsOf(client, 'Job', namespace)).toHaveLength(1);
    });

    test('deleting an owner deletes what it owns, and deleting a namespace empties it', async () => {
      const { client } = plane();
      const namespace = await newNamespace(client, 'deletion');
      const deployment = workload('Deployment', namespace, { replicas: 1 });
      await client.create(deployment);
      await podsOf(client, 'ReplicaSet', namespace);
      await client.delete(deployment);
      const pods = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace } };
      await waitFor('the end of the Pods', async () => (await client.list(pods)).length === 0);
      const itself = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      await client.delete(itself);
      const failure = await waitFor('the end of the namespace', async () => {
        return await client.get(itself).then(
          () => undefined,
          (error: unknown) => error,
        );
      });
      expect(failure).toMatchObject({ status: 404 });
    });

    test('a dry run answers with the whole object and stores nothing', async () => {
      const { client } = plane();
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'dry', namespace: 'default' },
        spec: POD_SPEC,
      };
      const { object } = await client.create<KubernetesObject>(pod, { dryRun: true });
      expect(object.metadata.uid).toBeDefined();
      const failure = await client.get(pod).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ApiError);
      expect(failure).toMatchObject({ status: 404, reason: 'NotFound' });
    });

    test('server-side apply keeps the fields of other managers, and a conflict is an error with its reason', async () => {
      const { client } = plane();
      const map: ConfigMap = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'shared', namespace: 'default' },
      };
      await client.apply<ConfigMap>({ ...map, data: { a: '1' } }, { fieldManager: 'first' });
      const { object } = await client.apply<ConfigMap>({ ...map, data: { b: '2' } }, { fieldManager: 'second' });
      expect(object.data).toEqual({ a: '1', b: '2' });
      const conflict = client.apply<ConfigMap>({ ...map, data: { a: '9' } }, { fieldManager: 'second' });
      await expect(conflict).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
      const forced = await client.apply<ConfigMap>(
        { ...map, data: { a: '9' } },
        { fieldManager: 'second', force: true },
      );
      expect(forced.object.data).toEqual({ a: '9' });
    });

    test('an object can be patched', async () => {
      const { client } = plane();
      const map: ConfigMap = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'patched', namespace: 'default' },
        data: { a: '1' },
      };
      await client.create(map);
      await client.patch(map, 'json', [{ op: 'add', path: '/data/b', value: '2' }]);
      const { object } = await client.patch<ConfigMap>(map, 'merge', { data: { a: null } });
      expect(object.data).toEqual({ b: '2' });
    });

    test('what the server warns of comes with the answer', async () => {
      const { client } = plane();
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'warned', namespace: 'default' },
        spec: { ...POD_SPEC, colour: 'red' },
      };
      const { warnings } = await client.create(pod, { dryRun: true });
      expect(warnings).toEqual(['unknown field "spec.colour"']);
    });

    test('an invalid object is refused with the field that is wrong', async () => {
      const { client } = plane();
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'invalid', namespace: 'default' },
        spec: { containers: [] },
      };
      const failure = await client.create(pod).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        status: 422,
        reason: 'Invalid',
        causes: [{ field: 'spec.containers' }],
      });
    });

    test('a kind that a CustomResourceDefinition brings can be used as soon as it is served', async () => {
      const { client } = plane();
      const schema = {
        openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      };
      const names = { kind: 'Widget', plural: 'widgets', singular: 'widget' };
      const versions = [{ name: 'v1', served: true, storage: true, schema }];
      await client.create({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'widgets.example.com' },
        spec: { group: 'example.com', scope: 'Namespaced', names, versions },
      });
      const widget = {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        metadata: { name: 'first', namespace: 'default' },
      };
      const { object } = await waitFor('the new kind', () => client.create<KubernetesObject>(widget));
      expect(object.metadata.uid).toBeDefined();
    });

    test('a user without roles may read nothing', async () => {
      const failure = plane().clientFor('visitor').list({ apiVersion: 'v1', kind: 'Secret' });
      await expect(failure).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
    });

    test('the webhook configuration is accepted as it stands', async () => {
      const configuration = mutatingWebhookConfiguration({
        url: 'https://127.0.0.1:10250',
        caBundlePem: plane().caPem,
      });
      const { object, warnings } = await plane().client.create(configuration, {
        dryRun: true,
        fieldValidation: 'Strict',
      });
      expect(warnings).toEqual([]);
      expect(object.webhooks).toMatchObject(configuration.webhooks);
    });
  },
  { users: [{ name: 'visitor', groups: [] }] },
);
