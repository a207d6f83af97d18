/** `tracehook webhook` as a process that has its configuration from a control plane, as the Pod that it would be there. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { Client, KubernetesObject } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { postReview } from '../loopback-webhook/webhook-client.ts';
import type { ServerProcess } from '../server-process/server-process.ts';
import { makeLoopbackCertificates, startServing, writeServingCertificate } from '../server-process/webhook-process.ts';

/** Who the webhook is to the API server: may do what docs/examples/webhook-access.yaml says. */
export const WEBHOOK_USER = 'webhook';

const ACCESS = resolve(import.meta.dirname, '../../docs/examples/webhook-access.yaml');

/** Gives `WEBHOOK_USER` what the documentation gives the ServiceAccount. */
export async function grantAccess(client: Client): Promise<void> {
  for (const document of parseAllDocuments(await readFile(ACCESS, 'utf8'))) {
    const object = document.toJS() as KubernetesObject & { subjects?: unknown };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: WEBHOOK_USER }];
    await client.create(object.subjects === undefined ? object : { ...object, subjects });
  }
}

export interface ClusterWebhook extends ServerProcess {
  readonly caPem: string;
  /** Lines of `/readyz`; none if it is ready. */
  readonly notReady: () => Promise<readonly string[]>;
  /** What a Pod of this namespace would be given, and what it would be told. */
  readonly review: (namespace: string, container?: object) => Promise<Reviewed>;
}

export interface Reviewed {
  /** Values of what is added to the first container, by name. */
  readonly env: Readonly<Record<string, string>>;
  readonly auditReason: string | undefined;
}

export interface ClusterWebhookOptions {
  /** "pod": with a mounted ServiceAccount; "kubeconfig": with a file. */
  readonly as?: 'pod' | 'kubeconfig';
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it; it serves, and need not be ready. Stopped when the test is over. */
export async function startClusterWebhook(
  plane: ControlPlane,
  { as = 'pod', args = [], env = {} }: ClusterWebhookOptions = {},
): Promise<ClusterWebhook> {
  const folder = join(plane.folder, `webhook-${Date.now()}`);
  await mkdir(folder);
  const { ca, serving } = await makeLoopbackCertificates();
  const certificate = await writeServingCertificate(folder, serving);
  const way =
    as === 'pod'
      ? await mountServiceAccount(plane, folder)
      : { args: ['--kubeconfig', plane.kubeconfig(WEBHOOK_USER)], env: {} };
  const server = await startServing({ certificate, args: [...way.args, ...args], env: { ...way.env, ...env } });
  onTestFinished(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    ...server,
    caPem: ca.certificate,
    async notReady() {
      const answer = await fetch(`${server.metricsUrl}/readyz`);
      const text = await answer.text();
      return answer.status === 200 ? [] : text.trimEnd().split('\n');
    },
    async review(namespace, container = {}) {
      const spec = { containers: [{ name: 'app', image: 'app:1', ...container }] };
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app' }, spec };
      const answer = await postReview(`${server.url}/inject/all`, ca.certificate, pod, namespace);
      return { env: envOf(answer.patch), auditReason: answer.auditAnnotations?.['reason'] };
    },
  };
}

/** The files and variables that a Pod has. */
async function mountServiceAccount(plane: ControlPlane, folder: string) {
  const { users } = parse(await readFile(plane.kubeconfig(WEBHOOK_USER), 'utf8')) as {
    users: { user: { token: string } }[];
  };
  await writeFile(join(folder, 'token'), users[0]?.user.token ?? '', { mode: 0o600 });
  await writeFile(join(folder, 'ca.crt'), plane.caPem);
  const { hostname, port } = new URL(plane.url);
  return {
    args: ['--service-account', folder],
    env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
  };
}

interface Operation {
  readonly path: string;
  readonly value: unknown;
}
interface Variable {
  readonly name: string;
  readonly value?: string;
}

function envOf(patch: string | undefined): Record<string, string> {
  const operations =
    patch === undefined ? [] : (JSON.parse(Buffer.from(patch, 'base64').toString('utf8')) as Operation[]);
  const variables = operations
    .filter(({ path }) => path.startsWith('/spec/containers/0/env'))
    .flatMap(({ value }) => value as Variable | Variable[]);
  return Object.fromEntries(variables.map(({ name, value }) => [name, value ?? '(from a reference)']));
}

/** The endpoint that Pods of a namespace are given. */
export async function endpointOf(webhook: ClusterWebhook, namespace: string): Promise<string | undefined> {
  return (await webhook.review(namespace)).env['OTEL_EXPORTER_OTLP_ENDPOINT'];
}

/** Waits until Pods of the namespace are given this endpoint; "none" is none. */
export async function untilEndpoint(webhook: ClusterWebhook, namespace: string, wanted: string): Promise<void> {
  const what = `Pods of ${namespace} to be given the endpoint ${wanted}`;
  await waitFor(what, async () => ((await endpointOf(webhook, namespace)) ?? 'none') === wanted, { everyMs: 10 });
}
