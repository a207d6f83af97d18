// What the suites of the API server's edge share: the way in through a proxy that can fail, and a collection to watch.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import {
  type Change,
  inClusterCredentials,
  type KubeLogger,
  type KubeTransport,
  openTransport,
  type WatchTiming,
  watchObjects,
  type WatchedObjects,
} from '../../src/kube/index.ts';
import type { KubernetesObject } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type FaultProxy, startFaultProxy } from '../fault-proxy/fault-proxy.ts';

/** The test that something is for, and with which it ends. Tests that run at once have to say who they are. */
export type ForTest = Pick<TestContext, 'onTestFinished'>;

/** A ServiceAccount's files as they are mounted into a Pod. */
export interface Mounted {
  readonly tokenFile: string;
  readonly caFile: string;
  readonly transport: KubeTransport;
}

/** A transport with mounted credentials, closed when the test is over. */
export async function mount(
  { onTestFinished }: ForTest,
  server: { url: string; caPem: string },
  token: string,
): Promise<Mounted> {
  const folder = await mkdtemp(join(tmpdir(), 'tracehook-kube-'));
  const [tokenFile, caFile] = [join(folder, 'token'), join(folder, 'ca.crt')];
  await Promise.all([writeFile(tokenFile, `${token}\n`), writeFile(caFile, server.caPem)]);
  const { hostname: host, port } = new URL(server.url);
  const transport = openTransport({ credentials: inClusterCredentials({ host, port, tokenFile, caFile }) });
  onTestFinished(async () => {
    transport.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { tokenFile, caFile, transport };
}

/** A proxy in front of the plane, and a transport through it. */
export async function mountBehindProxy(
  forTest: ForTest,
  plane: ControlPlane,
  token = plane.adminToken,
): Promise<Mounted & { proxy: FaultProxy }> {
  const proxy = await startFaultProxy(plane);
  forTest.onTestFinished(() => proxy.close());
  return { ...(await mount(forTest, { url: proxy.url, caPem: proxy.caPem() }, token)), proxy };
}

interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
}

/** A namespace with ConfigMaps, reached past the proxy. */
export interface Collection {
  readonly path: string;
  put(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** A fresh list: the text of each, by key. */
  list(): Promise<Map<string, string>>;
}

let namespaces = 0;

export async function newCollection(plane: ControlPlane, count = 0): Promise<Collection> {
  namespaces += 1;
  const namespace = `edge-${namespaces}`;
  const { client } = plane;
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const reference = (name: string): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
  });
  const collection: Collection = {
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    async put(name, text) {
      await client.apply<ConfigMap>({ ...reference(name), data: { text } }, { fieldManager: 'test' });
    },
    remove: (name) => client.delete(reference(name)),
    async list() {
      const items = await client.list<ConfigMap>({ ...reference(''), metadata: { namespace } });
      return new Map(items.map(({ metadata, data }) => [`${namespace}/${metadata.name ?? ''}`, data?.['text'] ?? '']));
    },
  };
  for (let index = 0; index < count; index += 1) await collection.put(`first-${index}`, 'first');
  return collection;
}

/** So that a test sees in a second what takes minutes in a cluster. */
export const QUICK: Partial<WatchTiming> = {
  backoff: { minMs: 25, maxMs: 400 },
  pageSize: 7,
  callMs: 1_000,
  silenceMs: [1_000, 1_500],
  settledMs: 300,
};

export interface Watched {
  readonly objects: WatchedObjects<string>;
  readonly changes: Change<string>[];
  /** What the changes alone add up to. */
  readonly mirror: ReadonlyMap<string, string>;
  readonly lines: readonly string[];
}

/** Watches the texts of a collection until the test is over. */
export function watchTexts(
  { onTestFinished }: ForTest,
  transport: KubeTransport,
  path: string,
  options: { timing?: Partial<WatchTiming>; metadataOnly?: boolean } = {},
): Watched {
  const [changes, mirror, lines]: [Change<string>[], Map<string, string>, string[]] = [[], new Map(), []];
  const write = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger: KubeLogger = { debug: write, info: write, warn: write, error: write };
  const objects = watchObjects<string>({
    transport,
    path,
    logger,
    metadataOnly: options.metadataOnly ?? false,
    timing: { ...QUICK, ...options.timing },
    keep: ({ data }) => (data as { text?: string } | undefined)?.text ?? '',
    onChange(change) {
      changes.push(change);
      if (change.type === 'deleted') mirror.delete(change.key);
      else mirror.set(change.key, change.now);
    },
  });
  onTestFinished(() => objects.stop());
  return { objects, changes, mirror, lines };
}

/** Waits until what is known, and what the changes add up to, is what a fresh list says. */
export async function converged({ objects, mirror, lines }: Watched, collection: Collection): Promise<void> {
  const text = (entries: Iterable<[string, string]>): string =>
    [...entries]
      .map(([key, value]) => `${key}: ${value}`)
      .toSorted((one, other) => (one < other ? -1 : 1))
      .join('\n');
  await waitFor(
    'the same as a fresh list',
    async () => {
      const wanted = text(await collection.list());
      return text(objects.known) === wanted && text(mirror) === wanted;
    },
    { timeoutMs: 20_000 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\nlog:\n${lines.slice(-20).join('\n')}`);
  });
}
