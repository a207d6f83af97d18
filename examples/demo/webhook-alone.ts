import { randomUUID } from 'node:crypto';
import patching, { type Operation } from 'fast-json-patch';
import { postReview } from '../../test/loopback-webhook/webhook-client.ts';
import type { Admission } from './admission.ts';
import type { Deployment, Pod } from './manifests.ts';
import type { WebhookProcess } from '../../test/server-process/webhook-process.ts';

/** Without an API server: the reviews that it would send, over TLS, and the patches that it would apply. */
export function webhookAlone(webhook: WebhookProcess, namespace: string): Admission {
  const admit = async (pod: Pod) => {
    const { patch, warnings = [] } = await postReview(`${webhook.url}/inject/enabled`, webhook.caPem, pod, namespace);
    return { pod: patch === undefined ? pod : patched(pod, patch), warnings };
  };
  return {
    place: 'as reviews to the webhook',
    compared: 'the Pods in the reviews',
    async admitDeployment(deployment) {
      const pods = Array.from({ length: deployment.spec.replicas }, () => podOf(deployment));
      const admitted = await Promise.all(pods.map(admit));
      return { without: podOf(deployment), pods: admitted.map(({ pod }) => pod), warnings: [] };
    },
    async admitPod(pod) {
      const { pod: after, warnings } = await admit(pod);
      return { without: pod, pods: [after], warnings };
    },
  };
}

/** `patch` is base64 of a JSON Patch. */
function patched(pod: Pod, patch: string): Pod {
  const operations = JSON.parse(Buffer.from(patch, 'base64').toString()) as Operation[];
  return patching.applyPatch(structuredClone(pod), operations).newDocument;
}

// Of the alphabet that Kubernetes takes for such hashes; its value decides nothing.
const TEMPLATE_HASH = '5d8f7c6b9d';

/** A Pod as the ReplicaSet controller creates it: named by the API server, and owned. */
function podOf({ metadata, spec }: Deployment): Pod {
  const { labels, annotations = {} } = spec.template.metadata;
  const replicaSet = `${metadata.name}-${TEMPLATE_HASH}`;
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: replicaSet, uid: randomUUID(), controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${replicaSet}-`,
      labels: { ...labels, 'pod-template-hash': TEMPLATE_HASH },
      annotations: { ...annotations },
      ownerReferences: [owner],
    },
    spec: spec.template.spec,
  };
}
