import { beforeAll, expect, test } from 'vitest';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { installCrds } from '../crds/installed.ts';
import {
  ASKS,
  callWebhook,
  deploy,
  type Deployment,
  eventsOf,
  inShort,
  makeReady,
  optIn,
  own,
  podsOf,
  QUICK_DRIFT,
  reference,
  untilCounts,
  untilEvent,
  workloadNamespace,
} from './drifting.ts';
import { type Controller, runController } from './running.ts';
import type { ControllerOptions } from '../../src/controller/index.ts';

const CLUSTER = {
  apiVersion: 'tracehook.io/v1alpha1',
  kind: 'ClusterTracingConfig',
  metadata: { name: 'default' },
  spec: { collector: { http: 'http://collector.observability:4318' } },
};
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const RESTARTED_FOR = 'tracehook.io/restarted-for';

const QUICK = { pollMs: 100, laterMs: 300, vainMs: 1_500, limitMs: 60_000 };

function restarting(atATime: number, timing: Partial<typeof QUICK> = {}): Partial<ControllerOptions> {
  return { drift: { ...QUICK_DRIFT, restarts: { atATime, timing: { ...QUICK, ...timing } } } };
}

/** So long that whatever is to happen wrongly would have. */
async function aWhile(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
}

describeWithControlPlane('restarts of missed and stale Pods, with a real API server', (plane) => {
  beforeAll(async () => {
    await installCrds(plane());
    await plane().client.create(CLUSTER);
  });

  async function deployment(namespace: string, name: string): Promise<Deployment> {
    return (await plane().client.get<Deployment>(reference(namespace, name))).object;
  }
  async function isRestarted(namespace: string, name: string): Promise<boolean> {
    const { spec } = await deployment(namespace, name);
    return spec.template.metadata.annotations?.[RESTARTED_AT] !== undefined;
  }
  async function untilRestarted(namespace: string, name: string): Promise<void> {
    await waitFor(`${name} to be restarted`, () => isRestarted(namespace, name));
  }
  /** A kubelet, until all Pods of a workload bear the mark. */
  async function untilRolledOut(namespace: string, name: string): Promise<void> {
    await waitFor(`the rollout of ${name}`, async () => {
      await makeReady(plane(), namespace, name);
      const pods = await podsOf(plane(), namespace, name);
      return pods.every(({ metadata }) => metadata.annotations?.['tracehook.io/status'] !== undefined);
    });
  }
  function restartsOf({ writes }: Controller, namespace: string): readonly string[] {
    return writes().filter((write) => write.startsWith(`PATCH /apis/apps/v1/namespaces/${namespace}/`));
  }

  /** Missed, since they are older than the label; and healthy. */
  async function missed(...names: readonly string[]): Promise<string> {
    const namespace = await workloadNamespace(plane());
    await plane().client.create(own(namespace, {}));
    for (const name of names) await deploy(plane(), namespace, name, { replicas: 2 });
    await makeReady(plane(), namespace);
    await optIn(plane(), namespace);
    return namespace;
  }

  test('without the option nothing is restarted', async () => {
    const namespace = await missed('a');
    const controller = await runController(plane(), { drift: QUICK_DRIFT });
    await untilEvent(plane(), namespace, 'Deployment a Missed');
    await aWhile();
    expect(restartsOf(controller, namespace)).toEqual([]);
  });

  test('workloads are restarted in order, the next when the one before is healthy, and never twice', async () => {
    await callWebhook(plane());
    const namespace = await missed('a', 'b', 'c');
    const first = await runController(plane(), restarting(1));
    await untilRestarted(namespace, 'a');
    await aWhile();
    // Its new Pods are not ready.
    expect(await isRestarted(namespace, 'b')).toBe(false);
    await untilRolledOut(namespace, 'a');
    await untilRestarted(namespace, 'b');
    expect(await isRestarted(namespace, 'c')).toBe(false);

    // Another leader finds one under way, and waits for it too.
    await first.stop();
    const second = await runController(plane(), restarting(1));
    await aWhile();
    expect(restartsOf(second, namespace)).toEqual([]);
    await untilRolledOut(namespace, 'b');
    await untilRestarted(namespace, 'c');
    await untilRolledOut(namespace, 'c');
    await untilCounts(plane(), namespace, { wanted: 6, injected: 6, missed: 0, stale: 0 });
    await aWhile();
    expect(restartsOf(first, namespace)).toEqual(
      ['a', 'b'].map((name) => `PATCH /apis/apps/v1/namespaces/${namespace}/deployments/${name}`),
    );
    expect(restartsOf(second, namespace)).toEqual([`PATCH /apis/apps/v1/namespaces/${namespace}/deployments/c`]);
    expect((await eventsOf(plane(), namespace)).map(inShort)).toContain('Deployment a Restarted');
  });

  test('stale ones are restarted once for each configuration, whichever controller it is', async () => {
    await callWebhook(plane());
    const namespace = await workloadNamespace(plane(), 'enabled');
    await plane().client.create(own(namespace, {}));
    await deploy(plane(), namespace, 'web');
    await makeReady(plane(), namespace);
    const first = await runController(plane(), restarting(1));
    await untilCounts(plane(), namespace, { injected: 1, stale: 0 });
    await plane().client.patch(own(namespace, {}), 'merge', { spec: { collector: { http: 'http://other:4318' } } });
    await untilRestarted(namespace, 'web');
    const { metadata } = await deployment(namespace, 'web');
    expect(metadata.annotations?.[RESTARTED_FOR]).toMatch(/^\w{12}$/);
    await waitFor('the new Pod', async () => {
      await makeReady(plane(), namespace);
      const pods = await podsOf(plane(), namespace);
      return (
        pods.length === 1 &&
        pods[0]?.metadata.annotations?.['tracehook.io/status']?.includes(metadata.annotations?.[RESTARTED_FOR] ?? '')
      );
    });
    await untilCounts(plane(), namespace, { injected: 1, stale: 0 });
    await first.stop();
    const second = await runController(plane(), restarting(1));
    await aWhile();
    expect(restartsOf(first, namespace)).toHaveLength(1);
    expect(restartsOf(second, namespace)).toEqual([]);
  });

  test('what is paused, or replaces its Pods only when they are deleted, is left alone', async () => {
    await callWebhook(plane());
    const namespace = await missed('paused', 'web');
    await plane().client.patch(reference(namespace, 'paused'), 'merge', { spec: { paused: true } });
    const statefulSet = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace },
      spec: {
        replicas: 1,
        serviceName: 'db',
        updateStrategy: { type: 'OnDelete' },
        selector: { matchLabels: { app: 'db' } },
        template: {
          metadata: { labels: { app: 'db' }, annotations: { ...ASKS, 'tracehook.io/language': 'none of these' } },
          spec: { containers: [{ name: 'app', image: 'app:1' }] },
        },
      },
    };
    // A bad annotation, so that the webhook leaves its Pod alone, which is mended then.
    await plane().client.create(statefulSet);
    await waitFor('the Pod of db', async () => (await podsOf(plane(), namespace, 'db')).length === 1);
    await makeReady(plane(), namespace);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'db-0', namespace } };
    await plane().client.patch(pod, 'merge', { metadata: { annotations: { 'tracehook.io/language': 'go' } } });
    const controller = await runController(plane(), restarting(5));
    await untilEvent(plane(), namespace, 'StatefulSet db Missed');
    await untilRestarted(namespace, 'web');
    await untilRolledOut(namespace, 'web');
    await aWhile();
    expect(restartsOf(controller, namespace)).toEqual([`PATCH /apis/apps/v1/namespaces/${namespace}/deployments/web`]);
    await plane().client.patch(reference(namespace, 'paused'), 'merge', { spec: { paused: false } });
    await untilRestarted(namespace, 'paused');
  });

  test('where the new Pods are not injected either, nothing more is restarted until the configuration changes', async () => {
    const namespace = await missed('a', 'b');
    const controller = await runController(plane(), restarting(1));
    await untilRestarted(namespace, 'a');
    await waitFor('the Event', async () => {
      await makeReady(plane(), namespace, 'a');
      return (await eventsOf(plane(), namespace)).some((event) => inShort(event) === 'Deployment a RestartInVain');
    });
    await aWhile();
    expect(restartsOf(controller, namespace)).toHaveLength(1);
    expect(await isRestarted(namespace, 'b')).toBe(false);
  });

  test('one that does not become healthy is given up in time, and the next has its turn', async () => {
    await callWebhook(plane());
    const namespace = await missed('a', 'b');
    await runController(plane(), restarting(1, { limitMs: 1_500 }));
    await untilRestarted(namespace, 'a');
    const { message } = await untilEvent(plane(), namespace, 'Deployment a RestartGivenUp');
    expect(message).toContain('is waited for no longer');
    await untilRestarted(namespace, 'b');
  });
});
