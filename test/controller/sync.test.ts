import { beforeAll, expect, test } from 'vitest';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { installCrds } from '../crds/installed.ts';
import { metricsOf, newNamespace, objectsOf, runController, SAMPLING_TARGET, type Synced, threeOf } from './running.ts';

const CLUSTER = {
  apiVersion: 'tracehook.io/v1alpha1',
  kind: 'ClusterTracingConfig',
  metadata: { name: 'default' },
  spec: {
    collector: { grpc: 'http://collector.observability:4317', http: 'http://collector.observability:4318' },
    sampling: { live: true, default: { type: 'probabilistic', param: 0.25 } },
  },
};
const own = (namespace: string, spec: object) => ({
  apiVersion: 'tracehook.io/v1alpha1',
  kind: 'TracingConfig',
  metadata: { name: 'default', namespace },
  spec,
});

interface Configured extends Synced {
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
  };
}

describeWithControlPlane('the controller, with a real API server', (plane) => {
  beforeAll(async () => {
    await installCrds(plane());
    await plane().client.create(CLUSTER);
  });

  async function statusOf(namespace: string, type: string, reason: string) {
    return await waitFor(`${type} ${reason} of ${namespace}`, async () => {
      const { object } = await plane().client.get<Configured>({ ...own(namespace, {}) });
      return object.status?.conditions?.find((one) => one.type === type && one.reason === reason);
    });
  }

  test('an opted-in namespace has the three objects, made with three writes', async () => {
    const controller = await runController(plane());
    const before = controller.writes().length;
    const namespace = await newNamespace(plane());
    const [env, sampling, service] = await threeOf(plane(), namespace);
    expect(env.data).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.observability:4318',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    });
    expect(JSON.parse(sampling.data?.['strategies.json'] ?? '')).toMatchObject({
      default_strategy: { type: 'probabilistic', param: 0.25 },
    });
    expect(service.spec).toMatchObject({ type: 'ExternalName', externalName: SAMPLING_TARGET });
    await controller.settled();
    const made = controller
      .writes()
      .slice(before)
      .filter((write) => write.includes(`/${namespace}/`));
    expect(made).toHaveLength(3);
  });

  test('a namespace is looked at once for all that this process writes into it', async () => {
    const controller = await runController(plane());
    const looks = async () => Number(/reconciles_total\{result="done"\} (\d+)/.exec(await metricsOf(controller))?.[1]);
    const before = await looks();
    const created = await Promise.all(Array.from({ length: 30 }, () => newNamespace(plane())));
    await Promise.all(created.map((namespace) => threeOf(plane(), namespace)));
    await controller.settled();
    expect((await looks()) - before).toBe(created.length);
  });

  test('other namespaces have none, and one without a known label has an Event', async () => {
    const controller = await runController(plane());
    const none = await newNamespace(plane(), null);
    const mistyped = await newNamespace(plane(), 'enable');
    await waitFor('the Event', async () => {
      const events = await plane().client.list<Synced & { message: string; reason: string }>({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { namespace: 'default' },
      });
      return events.find(({ reason, message }) => reason === 'UnknownLabelValue' && message.includes('"enable"'));
    });
    await controller.settled();
    expect(await objectsOf(plane(), none)).toEqual([]);
    expect(await objectsOf(plane(), mistyped)).toEqual([]);
  });

  test('what is changed or removed comes back, with one write each', async () => {
    const namespace = await newNamespace(plane());
    const controller = await runController(plane());
    const [env, sampling] = await threeOf(plane(), namespace);
    const before = controller.writes().length;
    await plane().client.patch(env, 'merge', { data: { OTEL_TRACES_SAMPLER: 'always_on', MINE: '1' } });
    await plane().client.delete(sampling);
    await waitFor('both as they were', async () => {
      const [envNow, samplingNow, service] = await objectsOf(plane(), namespace);
      return (
        service !== undefined &&
        JSON.stringify(envNow?.data) === JSON.stringify(env.data) &&
        samplingNow?.metadata.uid !== sampling.metadata.uid
      );
    });
    await controller.settled();
    expect(controller.writes().slice(before).toSorted()).toEqual([
      `POST /api/v1/namespaces/${namespace}/configmaps`,
      `PUT /api/v1/namespaces/${namespace}/configmaps/tracehook-env`,
    ]);
  });

  test('an object whose content somebody has changed and made immutable is made anew', async () => {
    const namespace = await newNamespace(plane());
    const controller = await runController(plane());
    const before = controller.writes().length;
    const env = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'tracehook-env', namespace } };
    await plane().client.patch(env, 'merge', { immutable: true, data: { MINE: '1' } });
    await waitFor('another object', async () => {
      const { object } = await plane().client.get<Synced & { readonly immutable?: boolean }>(env);
      return object.immutable !== true && object.data?.['MINE'] === undefined;
    });
    await controller.settled();
    expect(controller.writes().slice(before)).toEqual([
      `DELETE /api/v1/namespaces/${namespace}/configmaps/tracehook-env`,
      `POST /api/v1/namespaces/${namespace}/configmaps`,
    ]);
  });

  test('an object that somebody else made is left alone and told of, until it is gone', async () => {
    const namespace = await newNamespace(plane(), null);
    const foreign = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'tracehook-env', namespace },
      data: { MINE: '1' },
    };
    await plane().client.create(foreign);
    await plane().client.create(own(namespace, {}));
    const controller = await runController(plane());
    await plane().client.patch({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, 'merge', {
      metadata: { labels: { 'tracehook.io/injection': 'all' } },
    });
    const { message } = await statusOf(namespace, 'Conflict', 'ForeignObject');
    expect(message).toContain('ConfigMap tracehook-env');
    await controller.settled();
    const [env, , service] = await threeOf(plane(), namespace);
    expect(env.data).toEqual({ MINE: '1' });
    expect(service.kind).toBe('Service');
    expect(await metricsOf(controller)).toContain('tracehook_controller_namespaces{state="conflicting"} 1\n');
  });

  test('a namespace that opts out loses them, unless a Pod refers to one', async () => {
    const namespace = await newNamespace(plane());
    const used = await newNamespace(plane());
    await runController(plane());
    await Promise.all([threeOf(plane(), namespace), threeOf(plane(), used)]);
    await plane().client.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'user', namespace: used },
      spec: { containers: [{ name: 'a', image: 'a', envFrom: [{ configMapRef: { name: 'tracehook-env' } }] }] },
    });
    for (const name of [namespace, used]) {
      await plane().client.patch({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, 'merge', {
        metadata: { labels: { 'tracehook.io/injection': null } },
      });
    }
    await waitFor('none in the first', async () => (await objectsOf(plane(), namespace)).length === 0);
    expect(await objectsOf(plane(), used)).toHaveLength(3);
  });

  test('a change of the configuration reaches the objects, and the status says so', async () => {
    const namespace = await newNamespace(plane());
    await runController(plane());
    await threeOf(plane(), namespace);
    await plane().client.create(own(namespace, { sampling: { default: { type: 'const', param: 1 } } }));
    await statusOf(namespace, 'Synced', 'InStep');
    await waitFor('the new sampler', async () => {
      const [env] = await objectsOf(plane(), namespace);
      return env?.data?.['OTEL_TRACES_SAMPLER'] === 'parentbased_always_on';
    });
    await plane().client.patch(own(namespace, {}), 'merge', { spec: { sampling: { default: { param: 0 } } } });
    await waitFor('the generation in the status', async () => {
      const { object } = await plane().client.get<Configured>(own(namespace, {}));
      return object.metadata.generation === 2 && object.status?.observedGeneration === 2;
    });
    const [env] = await objectsOf(plane(), namespace);
    expect(env?.data?.['OTEL_TRACES_SAMPLER']).toBe('parentbased_always_off');
  });

  test('one that starts anew writes nothing, and neither does one that has nothing to do', async () => {
    const first = await runController(plane());
    const namespace = await newNamespace(plane());
    await plane().client.create(own(namespace, {}));
    await threeOf(plane(), namespace);
    await statusOf(namespace, 'Synced', 'InStep');
    await waitFor('the status of the cluster', async () => {
      const { object } = await plane().client.get<Configured>(CLUSTER);
      return object.status?.conditions !== undefined;
    });
    await first.settled();
    await first.stop();
    const second = await runController(plane());
    // Longer than what is put off for a moment.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await second.settled();
    expect(second.writes().filter((write) => !write.includes('clustertracingconfigs'))).toEqual([]);
  });

  test('a namespace in which nothing may be created backs off, and all others are served', async () => {
    const controller = await runController(plane());
    const forbidden = await newNamespace(plane(), null);
    await plane().client.create({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none', namespace: forbidden },
      spec: { hard: { 'count/configmaps': '0', services: '0' } },
    });
    await plane().client.create(own(forbidden, {}));
    await plane().client.patch({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: forbidden } }, 'merge', {
      metadata: { labels: { 'tracehook.io/injection': 'enabled' } },
    });
    const { message } = await statusOf(forbidden, 'Synced', 'WriteRefused');
    expect(message).toMatch(/quota/);
    const other = await newNamespace(plane());
    await threeOf(plane(), other);
    const tries = controller.writes().filter((write) => write.includes(`/${forbidden}/configmaps`));
    expect(tries.length).toBeLessThan(20);
    await plane().client.delete({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none', namespace: forbidden },
    });
    await threeOf(plane(), forbidden);
  });

  test('a namespace that is being deleted is left alone', async () => {
    const namespace = await newNamespace(plane());
    const controller = await runController(plane());
    await threeOf(plane(), namespace);
    const before = controller.writes().length;
    await plane().client.delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await waitFor('its objects to be gone', async () => (await objectsOf(plane(), namespace)).length === 0);
    await controller.settled();
    expect(
      controller
        .writes()
        .slice(before)
        .filter((write) => write.includes(`/${namespace}/`)),
    ).toEqual([]);
  });
});
