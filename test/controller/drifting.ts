// What the suites on missed and stale Pods share: the webhook on the cluster's configuration, workloads, and what a kubelet would do.
import { onTestFinished } from 'vitest';
import { openClusterConfiguration } from '../../src/cluster-config/index.ts';
import { createLogger } from '../../src/logger.ts';
import type { KubernetesObject } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { mutatingWebhookConfiguration } from '../control-plane/webhook-configuration.ts';
import { mountBehindProxy } from '../kube/edge.ts';
import { startLoopbackWebhook } from '../loopback-webhook/loopback-webhook.ts';

/** Waits that a test can afford. */
export const QUICK_DRIFT = { timing: { lookMs: 100, countsMs: 200 } } as const;

export interface Workloads {
  readonly wanted: number;
  readonly injected: number;
  readonly missed: number;
  readonly stale: number;
}

export interface Counted extends KubernetesObject {
  readonly spec?: object;
  readonly status?: { readonly observedGeneration?: number; readonly workloads?: Workloads };
}

export interface Event extends KubernetesObject {
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

export interface Deployment extends KubernetesObject {
  readonly spec: {
    readonly paused?: boolean;
    readonly template: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } };
  };
}

export interface PodObject extends KubernetesObject {
  readonly spec: object;
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** The webhook in this process, called for every Pod of this plane, until the test is over. */
export async function callWebhook(plane: ControlPlane): Promise<void> {
  const { transport } = await mountBehindProxy({ onTestFinished }, plane);
  const configuration = openClusterConfiguration({
    transport,
    logger: createLogger({ level: 'silent' }),
    watchConfigMaps: true,
    watchNamespaces: false,
  });
  const webhook = await startLoopbackWebhook(configuration.current);
  const registration = mutatingWebhookConfiguration({ url: webhook.url, caBundlePem: webhook.caPem });
  await waitFor('the configuration', () => configuration.ready() === undefined);
  await plane.client.create(registration);
  onTestFinished(async () => {
    await plane.client.delete(registration);
    await webhook.stop();
    await configuration.stop();
  });
}

let namespaces = 0;

/** A namespace in which workloads can make Pods; without a label, unless there is one. */
export async function workloadNamespace(plane: ControlPlane, label?: string): Promise<string> {
  const { client } = plane;
  namespaces += 1;
  const name = `drift-${namespaces}`;
  const labels = label === undefined ? {} : { 'tracehook.io/injection': label };
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  // Its Pods are no business of the next test's controller.
  onTestFinished(() => optIn(plane, name, null));
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } };
  await waitFor(`ServiceAccount default in ${name}`, () => client.get(account));
  return name;
}

export async function optIn({ client }: ControlPlane, name: string, label: string | null = 'enabled'): Promise<void> {
  const labels = { 'tracehook.io/injection': label };
  await client.patch({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, 'merge', { metadata: { labels } });
}

export const ASKS = { 'tracehook.io/inject': 'true' };

export interface DeploymentShape {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly container?: object;
}

/** A Deployment whose Pods ask, unless `annotations` says otherwise; returns when the Pods are there. */
export async function deploy(
  plane: ControlPlane,
  namespace: string,
  name: string,
  { annotations = ASKS, replicas = 1, container = {} }: DeploymentShape = {},
): Promise<Deployment> {
  const deployment = {
    ...reference(namespace, name),
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name }, annotations },
        spec: { containers: [{ name: 'app', image: 'app:1', ...container }] },
      },
    },
  };
  const { object } = await plane.client.create(deployment);
  await waitFor(`${replicas} Pods of ${name}`, async () => (await podsOf(plane, namespace, name)).length === replicas);
  return object;
}

export function reference(namespace: string, name: string) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace } };
}

export async function podsOf(plane: ControlPlane, namespace: string, app?: string): Promise<PodObject[]> {
  const pods = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace } };
  const found = await plane.client.list<PodObject>(pods, app === undefined ? undefined : `app=${app}`);
  return found.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** What a kubelet would say, in time: all Pods of a namespace, or of one workload, run and are ready. */
export async function makeReady(plane: ControlPlane, namespace: string, app?: string): Promise<void> {
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  for (const pod of await podsOf(plane, namespace, app)) {
    if (pod.status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true) continue;
    const path = `${await plane.client.pathOf(pod)}/status`;
    try {
      await plane.client.request('PATCH', path, JSON.stringify({ status }), 'application/merge-patch+json');
    } catch {
      // It has been replaced meanwhile.
    }
  }
}

export const own = (namespace: string, spec: object) => ({
  apiVersion: 'tracehook.io/v1alpha1',
  kind: 'TracingConfig',
  metadata: { name: 'default', namespace },
  spec,
});

/** Waits until the status of a namespace's TracingConfig has these counts. */
export async function untilCounts(plane: ControlPlane, namespace: string, wanted: Partial<Workloads>): Promise<void> {
  let seen: Workloads | undefined;
  await waitFor(`the counts ${JSON.stringify(wanted)} in ${namespace}`, async () => {
    const { object } = await plane.client.get<Counted>(own(namespace, {}));
    seen = object.status?.workloads;
    return Object.entries(wanted).every(([state, count]) => seen?.[state as keyof Workloads] === count);
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; they are ${JSON.stringify(seen)}`);
  });
}

/** Events on workloads, as "Kind name Reason". */
export async function eventsOf(plane: ControlPlane, namespace: string): Promise<readonly Event[]> {
  const events = await plane.client.list<Event>({ apiVersion: 'v1', kind: 'Event', metadata: { namespace } });
  const ours = new Set(['Missed', 'Stale', 'TemplateInjected', 'Restarted', 'RestartGivenUp', 'RestartInVain']);
  return events.filter(({ reason }) => ours.has(reason));
}

export function inShort({ involvedObject: { kind, name }, reason }: Event): string {
  return `${kind} ${name} ${reason}`;
}

/** Waits for an Event, as "Kind name Reason". */
export async function untilEvent(plane: ControlPlane, namespace: string, wanted: string): Promise<Event> {
  return await waitFor(`the Event ${wanted}`, async () =>
    (await eventsOf(plane, namespace)).find((event) => inShort(event) === wanted),
  );
}
