import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { KubernetesObject } from '../control-plane/client.ts';
import { describeOnVersions } from './versions.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { runInject } from './run-inject.ts';
import { makeNamespace, type RegisteredWebhook, registerWebhook } from './webhook-on-plane.ts';

const NAMESPACE = 'production';
const EXAMPLES = join(import.meta.dirname, '../../examples/tutorial');

interface PodObject extends KubernetesObject {
  spec: { containers: Container[]; initContainers?: Container[] };
}

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}

function template(app: string): object {
  return {
    metadata: { labels: { app }, annotations: { 'tracehook.io/inject': 'env' } },
    spec: { restartPolicy: 'Always', containers: [{ name: 'app', image: 'app:2.0' }] },
  };
}

const selector = (app: string) => ({ matchLabels: { app } });

/** A workload, and what its Pod's resource attributes must name. */
const WORKLOADS: Readonly<Record<string, readonly [KubernetesObject, string, string]>> = {
  StatefulSet: [
    workload('apps/v1', 'StatefulSet', 'db', { serviceName: 'db', selector: selector('db'), template: template('db') }),
    'db',
    'k8s.statefulset.name=db',
  ],
  'bare ReplicaSet': [
    workload('apps/v1', 'ReplicaSet', 'old', { selector: selector('old'), template: template('old') }),
    'old',
    'k8s.replicaset.name=old',
  ],
  Job: [
    workload('batch/v1', 'Job', 'report-20260101', { template: jobTemplate('report') }),
    'report-20260101',
    'k8s.job.name=report-20260101',
  ],
  'Job of a CronJob': [
    workload('batch/v1', 'Job', 'nightly-29500000', { template: jobTemplate('nightly') }),
    'nightly',
    'k8s.cronjob.name=nightly,k8s.job.name=nightly-29500000',
  ],
};

function workload(apiVersion: string, kind: string, name: string, spec: object): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace: NAMESPACE }, spec } as KubernetesObject;
}

function jobTemplate(app: string): object {
  const { metadata, spec } = template(app) as { metadata: object; spec: object };
  return { metadata, spec: { ...spec, restartPolicy: 'Never' } };
}

describeOnVersions('workloads, made into Pods by the real controllers', (plane) => {
  let registered: RegisteredWebhook;
  beforeAll(async () => {
    registered = await registerWebhook(plane());
    await makeNamespace(plane(), NAMESPACE, 'enabled');
  });
  afterAll(() => registered.stop());

  async function firstPod(labels: string): Promise<PodObject> {
    return await waitFor(`a Pod with ${labels}`, async () => {
      const pods = await plane().client.list<PodObject>(
        { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: NAMESPACE } },
        labels,
      );
      return pods[0];
    });
  }

  test.for(Object.entries(WORKLOADS))('%s', async ([, [object, service, attributes]]) => {
    await plane().client.create(object);
    const { app } = (object as unknown as { spec: { template: { metadata: { labels: { app: string } } } } }).spec
      .template.metadata.labels;
    const pod = await firstPod(`app=${app}`);
    expect(valueOf(pod, 'OTEL_SERVICE_NAME')).toBe(service);
    expect(valueOf(pod, 'OTEL_RESOURCE_ATTRIBUTES')).toContain(attributes);
  });

  test.for(['deployment.yaml', 'deployment-sidecar.yaml', 'deployment-env.yaml'])(
    '%s, injected on the command line: its Pods get what was not known then, and nothing twice',
    async (file) => {
      const injected = parse(await runInject(readFileSync(join(EXAMPLES, file), 'utf8'))) as KubernetesObject;
      await plane().client.apply(injected, { fieldManager: 'kubectl' });
      const pod = await firstPod(`app=${injected.metadata?.name}`);
      for (const { name, env = [] } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
        expect(new Set(env.map((entry) => entry.name)).size, name).toBe(env.length);
      }
      const sidecars = (pod.spec.initContainers ?? []).filter(({ name }) => name === 'tracehook-agent');
      expect(sidecars).toHaveLength(file === 'deployment-sidecar.yaml' ? 1 : 0);
      const attributes = valueOf(pod, 'OTEL_RESOURCE_ATTRIBUTES') ?? '';
      expect(attributes).toMatch(new RegExp(`k8s\\.replicaset\\.name=${injected.metadata?.name}-`));
      const keys = attributes.split(',').map((pair) => pair.split('=')[0]);
      expect(new Set(keys).size, attributes).toBe(keys.length);
    },
  );
});

function valueOf(pod: PodObject, name: string): string | undefined {
  return pod.spec.containers[0]?.env?.find((entry) => entry.name === name)?.value;
}
