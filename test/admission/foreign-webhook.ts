/** Webhooks of other people: one that patches Pods as it is told, and ones that do not answer as they should. */
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificates } from '../../certs/certificates.ts';
import type { KubernetesObject } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';

/** An operation of RFC 6902. */
export interface Operation {
  op: 'add' | 'replace' | 'remove';
  path: string;
  value?: unknown;
}

/** A TLS server on a free loopback port. */
export interface ForeignWebhook {
  readonly url: string;
  readonly caPem: string;
  /** Requests that came. */
  calls(): number;
  stop(): Promise<void>;
}

/** Serves whatever `answer` says. */
export async function serveForeign(answer: RequestListener): Promise<ForeignWebhook> {
  const { ca, serving } = await makeCertificates();
  let calls = 0;
  const server: Server = createServer({ cert: serving.certificate, key: serving.key }, (request, response) => {
    calls++;
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    caPem: ca.certificate,
    calls: () => calls,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Patches every Pod with what `patch` returns. */
export async function servePatches(patch: (pod: KubernetesObject) => Operation[]): Promise<ForeignWebhook> {
  return await serveForeign((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as {
        request: { uid: string; object: KubernetesObject };
      };
      const operations = patch(review.request.object);
      const answer = {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: {
          uid: review.request.uid,
          allowed: true,
          ...(operations.length === 0
            ? {}
            : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') }),
        },
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    });
  });
}

/** Registers a foreign webhook for Pods of namespaces that carry the label `foreign: <name>`. */
export async function registerForeign(
  plane: ControlPlane,
  name: string,
  { url, caPem }: ForeignWebhook,
): Promise<void> {
  await plane.client.create({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${name}.example.test`,
        clientConfig: { url: `${url}/`, caBundle: Buffer.from(caPem).toString('base64') },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        namespaceSelector: { matchLabels: { foreign: name } },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        reinvocationPolicy: 'IfNeeded',
        timeoutSeconds: 5,
      },
    ],
  } as KubernetesObject);
}
