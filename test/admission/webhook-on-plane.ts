/** The webhook, in this process, registered at a control plane: what the suites of this folder share. */
import { parseYaml } from '../../src/manifest/index.ts';
import {
  type Configuration,
  configurationOf,
  EMBEDDED_CONFIGURATION,
  readDocuments,
} from '../../src/settings/index.ts';
import type { KubernetesObject } from '../control-plane/client.ts';
import { type LoopbackWebhook, startLoopbackWebhook } from '../loopback-webhook/loopback-webhook.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { mutatingWebhookConfiguration } from '../control-plane/webhook-configuration.ts';

/** A webhook, and how to take it away. */
export interface RegisteredWebhook {
  readonly webhook: LoopbackWebhook;
  /** Puts another configuration in force. */
  use(next: Configuration): void;
  stop(): Promise<void>;
}

/** Reads configuration documents as the webhook does. */
export function configurationFrom(yaml: string): Configuration {
  const parsed = parseYaml(yaml, 'test');
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const read = readDocuments(parsed.documents);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return configurationOf(read.documents);
}

/** Starts a webhook on free loopback ports, and registers it under `name`. */
export async function registerWebhook(
  plane: ControlPlane,
  { name = 'tracehook', yaml = EMBEDDED_CONFIGURATION }: { name?: string; yaml?: string } = {},
): Promise<RegisteredWebhook> {
  let configuration = configurationFrom(yaml);
  const webhook = await startLoopbackWebhook(() => configuration);
  const registration = mutatingWebhookConfiguration({ name, url: webhook.url, caBundlePem: webhook.caPem });
  await plane.client.create(registration);
  await untilCalled(plane, webhook);
  return {
    webhook,
    use(next) {
      configuration = next;
    },
    async stop() {
      await plane.client.delete(registration);
      await webhook.stop();
    },
  };
}

/** Makes a namespace with a label value, and waits until Pods can be created in it. */
export async function makeNamespace(plane: ControlPlane, name: string, injection?: string): Promise<void> {
  const labels = injection === undefined ? {} : { 'tracehook.io/injection': injection };
  await plane.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } };
  await waitFor(`ServiceAccount default in ${name}`, () => plane.client.get(account));
}

/** A new registration takes effect a moment later, and the namespace's label must have been seen: poll with dry runs. */
async function untilCalled(plane: ControlPlane, webhook: LoopbackWebhook): Promise<void> {
  const namespace = `probe-${webhook.port}`;
  await makeNamespace(plane, namespace, 'enabled');
  const probe = minimalPod(namespace, 'probe', { 'tracehook.io/inject': 'env' });
  await waitFor('the webhook to be called', async () => {
    const { object } = await plane.client.create(probe, { dryRun: true });
    return object.metadata?.annotations?.['tracehook.io/status'] !== undefined;
  });
}

/** A Pod, as far as these suites write one. */
export interface PodManifest extends KubernetesObject {
  spec: Record<string, unknown> & { containers: Record<string, unknown>[] };
}

/** A Pod with one container. */
export function minimalPod(namespace: string, name: string, annotations: Record<string, string>): PodManifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, annotations },
    spec: { containers: [{ name: 'app', image: 'app:1' }] },
  };
}
