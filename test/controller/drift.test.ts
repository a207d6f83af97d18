import { beforeAll, expect, test } from 'vitest';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { installCrds } from '../crds/installed.ts';
import {
  ASKS,
  callWebhook,
  type Counted,
  deploy,
  eventsOf,
  inShort,
  optIn,
  own,
  podsOf,
  QUICK_DRIFT,
  untilCounts,
  untilEvent,
  workloadNamespace,
} from './drifting.ts';
import { metricsOf, runController } from './running.ts';

const CLUSTER = {
  apiVersion: 'tracehook.io/v1alpha1',
  kind: 'ClusterTracingConfig',
  metadata: { name: 'default' },
  spec: { collector: { http: 'http://collector.observability:4318' } },
};
const MARK = 'tracehook.io/status';

describeWithControlPlane('missed and stale Pods, with a real API server', (plane) => {
  beforeAll(async () => {
    await installCrds(plane());
    await plane().client.create(CLUSTER);
  });

  async function clusterCounts() {
    const { object } = await plane().client.get<Counted>(CLUSTER);
    return object.status?.workloads;
  }

  test('Pods that are older than the label are missed, and those that are rightly skipped never count', async () => {
    const namespace = await workloadNamespace(plane());
    await plane().client.create(own(namespace, {}));
    await deploy(plane(), namespace, 'web', { replicas: 2 });
    await deploy(plane(), namespace, 'quiet', { annotations: {} });
    await deploy(plane(), namespace, 'refuses', { annotations: { 'tracehook.io/inject': 'false' } });
    const disabled = { env: [{ name: 'OTEL_SDK_DISABLED', value: 'true' }] };
    await deploy(plane(), namespace, 'disabled', { container: disabled });
    const controller = await runController(plane(), { drift: QUICK_DRIFT });
    await untilCounts(plane(), namespace, { wanted: 0, missed: 0 });
    await optIn(plane(), namespace);
    await untilCounts(plane(), namespace, { wanted: 2, injected: 0, missed: 2, stale: 0 });
    await waitFor('the counts of the cluster', async () => (await clusterCounts())?.missed === 2);
    expect(await metricsOf(controller)).toContain('tracehook_controller_pods{state="missed"} 2\n');
    const { message } = await untilEvent(plane(), namespace, 'Deployment web Missed');
    expect(message).toBe(
      'its Pods would be injected today and are not, since they are older than the webhook, the label or the settings; to mend it: kubectl rollout restart deployment/web',
    );
    expect((await eventsOf(plane(), namespace)).map(inShort)).toEqual(['Deployment web Missed']);
    // One Pod of each Deployment that has to be asked about, and of no other.
    const asked = controller.proxy.requests
      .map(({ url }) => new RegExp(`/${namespace}/pods/(\\w+)-`).exec(url)?.[1])
      .filter((name) => name !== undefined);
    expect(asked.toSorted()).toEqual(['disabled', 'refuses', 'web']);

    await optIn(plane(), namespace, 'all');
    await untilCounts(plane(), namespace, { wanted: 3, missed: 3 });
    await untilEvent(plane(), namespace, 'Deployment quiet Missed');
    await optIn(plane(), namespace, null);
    await untilCounts(plane(), namespace, { wanted: 0, injected: 0, missed: 0, stale: 0 });
  });

  test('Pods are stale after a change that concerns them, and not after one that does not', async () => {
    await callWebhook(plane());
    const namespace = await workloadNamespace(plane(), 'enabled');
    await plane().client.create(own(namespace, { mode: 'env' }));
    const controller = await runController(plane(), { drift: QUICK_DRIFT });
    await deploy(plane(), namespace, 'web', { replicas: 2 });
    for (const { metadata } of await podsOf(plane(), namespace)) expect(metadata.annotations?.[MARK]).toBeDefined();
    await untilCounts(plane(), namespace, { wanted: 2, injected: 2, missed: 0, stale: 0 });

    const before = controller.proxy.requests.length;
    await plane().client.patch(own(namespace, {}), 'merge', { spec: { sidecar: { image: 'other:1' } } });
    await waitFor('the Pod to be looked at again', () =>
      controller.proxy.requests.slice(before).some(({ url }) => url.includes(`/${namespace}/pods/`)),
    );
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await untilCounts(plane(), namespace, { injected: 2, stale: 0 });
    expect(await eventsOf(plane(), namespace)).toEqual([]);

    await plane().client.patch(own(namespace, {}), 'merge', { spec: { collector: { http: 'http://other:4318' } } });
    await untilCounts(plane(), namespace, { wanted: 2, injected: 2, missed: 0, stale: 2 });
    const { message } = await untilEvent(plane(), namespace, 'Deployment web Stale');
    expect(message).toMatch(
      /^its Pods were injected with settings that have changed since \(config \w{12}, now \w{12}\)/,
    );

    await plane().client.patch(own(namespace, {}), 'merge', { spec: { collector: { http: null } } });
    await untilCounts(plane(), namespace, { injected: 2, stale: 0 });
  });

  test('a finished or deleted Pod does not count, and a bare Pod has its own Event', async () => {
    const namespace = await workloadNamespace(plane());
    await plane().client.create(own(namespace, {}));
    const pod = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, annotations: ASKS },
      spec: { containers: [{ name: 'app', image: 'app:1' }] },
    });
    for (const name of ['one', 'two', 'three']) await plane().client.create(pod(name));
    await runController(plane(), { drift: QUICK_DRIFT });
    await optIn(plane(), namespace);
    await untilCounts(plane(), namespace, { missed: 3 });
    const { message } = await untilEvent(plane(), namespace, 'Pod one Missed');
    expect(message).toContain('only Pods that are created anew can be injected');
    const path = `${await plane().client.pathOf(pod('one'))}/status`;
    const finished = JSON.stringify({ status: { phase: 'Succeeded' } });
    await plane().client.request('PATCH', path, finished, 'application/merge-patch+json');
    await untilCounts(plane(), namespace, { missed: 2 });
    await plane().client.delete(pod('two'));
    await untilCounts(plane(), namespace, { missed: 1 });
  });

  test('a key that comes into a ConfigMap makes stale what would be injected with it', async () => {
    await callWebhook(plane());
    const namespace = await workloadNamespace(plane(), 'enabled');
    const certificateAuthority = { configMap: 'otlp-ca', key: 'ca.crt' };
    await plane().client.create(own(namespace, { collector: { http: 'https://other:4318', certificateAuthority } }));
    await runController(plane(), { drift: QUICK_DRIFT });
    await deploy(plane(), namespace, 'web');
    await untilCounts(plane(), namespace, { injected: 1, stale: 0 });
    const configMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'otlp-ca', namespace },
      data: { 'ca.crt': 'x' },
    };
    await plane().client.create(configMap);
    await untilCounts(plane(), namespace, { injected: 1, stale: 1 });
    await plane().client.delete(configMap);
    await untilCounts(plane(), namespace, { injected: 1, stale: 0 });
  });

  test('Pods of a template that was injected say that a restart cannot mend them', async () => {
    const namespace = await workloadNamespace(plane());
    await plane().client.create(own(namespace, {}));
    const status = JSON.stringify({ mode: 'env', config: '000000000000', containers: {} });
    await deploy(plane(), namespace, 'web', { annotations: { ...ASKS, [MARK]: status } });
    await runController(plane(), { drift: QUICK_DRIFT });
    await optIn(plane(), namespace);
    await untilCounts(plane(), namespace, { wanted: 1, injected: 1, stale: 1 });
    const { message } = await untilEvent(plane(), namespace, 'Deployment web TemplateInjected');
    expect(message).toContain('inject the manifest again and apply it');
  });
});
