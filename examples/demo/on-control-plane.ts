import type { ControlPlane } from '../../test/control-plane/control-plane.ts';
import { waitFor } from '../../test/control-plane/wait-for.ts';
import { mutatingWebhookConfiguration } from '../../test/control-plane/webhook-configuration.ts';
import type { Admission } from './admission.ts';
import { type Deployment, NAMESPACE, type Pod, readManifest } from './manifests.ts';
import type { WebhookProcess } from '../../test/server-process/webhook-process.ts';

/** Has no label, so that its Pods are what they would be without Tracehook. */
const NOT_OPTED_IN = 'not-opted-in';

/** Registers the webhook at the API server, and returns when it is called for Pods of the tutorial's namespace. */
export async function registerWebhook(plane: ControlPlane, webhook: WebhookProcess, namespace: string): Promise<void> {
  await plane.client.create(mutatingWebhookConfiguration({ url: webhook.url, caBundlePem: webhook.caPem }));
  await plane.client.create(await readManifest(NAMESPACE));
  await plane.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NOT_OPTED_IN } });
  for (const place of [namespace, NOT_OPTED_IN]) {
    // Pods are refused until a controller has made it.
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: place } };
    await waitFor(`ServiceAccount default in ${place}`, () => plane.client.get(account));
  }
  // A registration takes effect a moment later, and nothing says when: dry runs leave no Pod behind.
  await waitFor('the webhook to be called', async () => {
    const { object } = await plane.client.create(probe(namespace), { dryRun: true });
    return object.metadata.annotations?.['tracehook.io/status'];
  });
}

function probe(namespace: string): Pod {
  const annotations = { 'tracehook.io/inject': 'env' };
  const spec = { containers: [{ name: 'app', image: 'app:1' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe', namespace, annotations }, spec };
}

/** Creates at the API server, in the tutorial's namespace and beside it in one that is not opted in. */
export function onControlPlane(plane: ControlPlane, namespace: string): Admission {
  return {
    place: `in namespace ${namespace}`,
    compared: 'the Pods of the same Deployment in a namespace that is not opted in',
    async admitDeployment(deployment) {
      const beside = elsewhere(deployment);
      const { warnings } = await plane.client.create(deployment);
      await plane.client.create({ ...beside, spec: { ...beside.spec, replicas: 1 } });
      const pods = await podsOf(plane, deployment, namespace, deployment.spec.replicas);
      const [without] = await podsOf(plane, deployment, NOT_OPTED_IN, 1);
      if (without === undefined) throw new Error(`Deployment ${deployment.metadata.name} has no Pod`);
      return { without, pods, warnings };
    },
    async admitPod(pod) {
      const { object: without } = await plane.client.create(elsewhere(pod), { dryRun: true });
      const { object, warnings } = await plane.client.create(pod);
      return { without, pods: [object], warnings };
    },
  };
}

function elsewhere<T extends Deployment | Pod>(object: T): T {
  return { ...object, metadata: { ...object.metadata, namespace: NOT_OPTED_IN } };
}

function podsOf(plane: ControlPlane, deployment: Deployment, namespace: string, replicas: number): Promise<Pod[]> {
  const selector = Object.entries(deployment.spec.template.metadata.labels).map(([key, value]) => `${key}=${value}`);
  return waitFor(`${replicas} Pods of Deployment ${deployment.metadata.name} in ${namespace}`, async () => {
    const kind = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace } };
    const pods = await plane.client.list<Pod>(kind, selector.join(','));
    return pods.length === replicas ? pods : undefined;
  });
}
