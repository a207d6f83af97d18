import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { INJECTION_LABEL } from '../../src/settings/index.ts';
import { MARK } from '../../src/sync/index.ts';
import { ApiError } from '../../test/control-plane/api-error.ts';
import { type ControlPlaneBinaries, requireControlPlane } from '../../test/control-plane/binaries.ts';
import { type ControlPlane, startControlPlane } from '../../test/control-plane/control-plane.ts';
import { installCrds } from '../../test/crds/installed.ts';
import { eachOf } from './each-of.ts';
import { CLUSTER_CONFIG, INSTALLED_IN, namespaceName } from './objects.ts';

/** A real API server with the namespaces, and the files by which a Pod of ours would reach it. */
export interface Cluster {
  readonly plane: ControlPlane;
  readonly binaries: ControlPlaneBinaries;
  /** Of the opted-in namespaces, in their order; those that a part makes are added. */
  readonly names: string[];
  /** `token` and `ca.crt`, as a ServiceAccount's are mounted. */
  readonly account: string;
  /** Host and port of the API server, as a Pod is told them. */
  readonly address: { readonly host: string; readonly port: string };
  /** Makes opted-in namespaces until there are so many. */
  readonly grow: (to: number) => Promise<void>;
  /** Removes what the controller, the loop or the publisher has made. */
  readonly clean: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Requests at a time, where nothing is measured. */
const AT_A_TIME = 16;
const ACCOUNT = { name: 'tracehook-controller', namespace: INSTALLED_IN };
const RBAC = 'rbac.authorization.k8s.io';
/** Longer than the longest run. */
const TOKEN_SECONDS = 24 * 60 * 60;

/** Without controllers: nothing but the API server has to do with what is measured. */
export async function openCluster(namespaces: number, say: (line: string) => void): Promise<Cluster> {
  const binaries = await requireControlPlane();
  const plane = await startControlPlane({ binaries, controllers: false });
  const { client } = plane;
  const names: string[] = [];

  async function grow(to: number): Promise<void> {
    const missing = Array.from({ length: Math.max(0, to - names.length) }, (_, index) =>
      namespaceName(names.length + index),
    );
    await eachOf(missing, AT_A_TIME, (name) => client.create(optedIn(name)));
    names.push(...missing);
  }

  async function clean(): Promise<void> {
    const mark = encodeURIComponent(
      Object.entries(MARK)
        .map(([label, value]) => `${label}=${value}`)
        .join(),
    );
    await eachOf(names, AT_A_TIME, async (name) => {
      await client.request('DELETE', `/api/v1/namespaces/${name}/configmaps`);
      await client.request('DELETE', `/api/v1/namespaces/${name}/services?labelSelector=${mark}`);
    });
    const { items } = await listConfigMaps(plane, 'fieldSelector=metadata.name=kube-root-ca.crt');
    for (const { metadata } of items) {
      await client.request('DELETE', `/api/v1/namespaces/${metadata.namespace}/configmaps/${metadata.name}`);
    }
  }

  try {
    await installCrds(plane);
    await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: INSTALLED_IN } });
    await grantAccount(plane);
    await client.create(CLUSTER_CONFIG);
    const account = await mountAccount(plane);
    say(`creating ${namespaces} namespaces`);
    await grow(namespaces);
    const { hostname: host, port } = new URL(plane.url);
    return { plane, binaries, names, account, address: { host, port }, grow, clean, close: () => plane.stop() };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

interface ConfigMapList {
  readonly metadata: { readonly remainingItemCount?: number };
  readonly items: readonly { readonly metadata: { readonly namespace: string; readonly name: string } }[];
}

async function listConfigMaps({ client }: ControlPlane, query: string): Promise<ConfigMapList> {
  const { body } = await client.request('GET', `/api/v1/configmaps?${query}`);
  return body as ConfigMapList;
}

export function optedIn(name: string) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [INJECTION_LABEL]: 'enabled' } } };
}

/** ConfigMaps of all namespaces, without reading them. */
export async function countConfigMaps(plane: ControlPlane): Promise<number> {
  const { items, metadata } = await listConfigMaps(plane, 'limit=1');
  return items.length + (metadata.remainingItemCount ?? 0);
}

/** A ServiceAccount is nobody special to priority and fairness; an administrator would be. */
async function grantAccount({ client }: ControlPlane): Promise<void> {
  const all = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
  const rules = [
    { apiGroups: [''], resources: ['configmaps', 'services', 'events'], verbs: all },
    { apiGroups: [''], resources: ['namespaces', 'pods'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['apps', 'batch'], resources: ['*'], verbs: ['get', 'list', 'watch', 'patch'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: all },
    { apiGroups: ['tracehook.io'], resources: ['*'], verbs: all },
  ];
  const { name } = ACCOUNT;
  const role = { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
  const binding = {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', ...ACCOUNT }],
  };
  await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: ACCOUNT });
  await client.create(role);
  await client.create(binding);
}

/** As the kubelet mounts it. */
async function mountAccount(plane: ControlPlane): Promise<string> {
  const path = `/api/v1/namespaces/${ACCOUNT.namespace}/serviceaccounts/${ACCOUNT.name}/token`;
  const spec = { expirationSeconds: TOKEN_SECONDS };
  const { body } = await plane.client.request('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec,
  });
  const folder = join(plane.folder, 'account');
  await mkdir(folder);
  await writeFile(join(folder, 'ca.crt'), plane.caPem);
  await writeFile(join(folder, 'token'), (body as { status: { token: string } }).status.token);
  return folder;
}

/** Whether the API server says that it is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}
