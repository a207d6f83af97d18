import { createPrivateKey, sign } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isRecord } from '../../src/record.ts';
import { FILES } from '../control-plane/command-lines.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { converged, mountBehindProxy, newCollection, watchTexts } from './edge.ts';

const ACCOUNT = 'system:serviceaccount:default:watcher';

/** A ServiceAccount that may do everything. */
async function makeAccount({ client }: ControlPlane): Promise<void> {
  const metadata = { name: 'watcher', namespace: 'default' };
  await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  await client.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'watcher' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', ...metadata }],
  } as never);
}

/** A token as the kubelet gets it. */
async function requestToken({ client }: ControlPlane): Promise<string> {
  const path = '/api/v1/namespaces/default/serviceaccounts/watcher/token';
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } };
  const { body: answer } = await client.request('POST', path, body);
  const status = isRecord(answer) && isRecord(answer['status']) ? answer['status'] : {};
  return String(status['token']);
}

/** The same token, but that its time is over: signed with the cluster's own key, as nobody can wait for ten minutes. */
async function expire(token: string, { folder }: ControlPlane): Promise<string> {
  const [header = '', claims = ''] = token.split('.');
  const read = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iat: number; exp: number; sub: string };
  expect(read.sub).toBe(ACCOUNT);
  const old = { ...read, iat: read.iat - 7_200, nbf: read.iat - 7_200, exp: read.iat - 60 };
  const signed = `${header}.${Buffer.from(JSON.stringify(old)).toString('base64url')}`;
  const key = createPrivateKey(await readFile(join(folder, FILES.serviceAccountPrivate), 'utf8'));
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

describeWithControlPlane(
  'what happens to an API server',
  (plane) => {
    test('it is restarted: whoever stood by goes on, and whoever had missed something is told by a list', async (context) => {
      const collection = await newCollection(plane(), 10);
      const [near, far] = [await mountBehindProxy(context, plane()), await mountBehindProxy(context, plane())];
      const [standing, late] = [near, far].map(({ transport }) => watchTexts(context, transport, collection.path));
      if (standing === undefined || late === undefined) throw new Error('two watches were begun');
      await Promise.all([converged(standing, collection), converged(late, collection)]);
      far.proxy.inject(() => 'drop');
      far.proxy.resetAll();
      await collection.remove('first-1');
      await collection.put('first-2', 'changed');
      await collection.put('new', 'new');
      await converged(standing, collection);
      await plane().halt('kube-apiserver');
      await waitFor('the end to be noticed', () => standing.objects.trouble());
      expect(standing.objects.known.size).toBe(10);
      await plane().resume('kube-apiserver');
      far.proxy.heal();
      await collection.put('newer', 'newer');
      await Promise.all([converged(standing, collection), converged(late, collection)]);
      // The new server has never seen what happened before it began, and says so.
      expect(late.lines.filter((line) => line.includes('"status":410'))).toHaveLength(1);
      await collection.remove('new');
      await Promise.all([converged(standing, collection), converged(late, collection)]);
      expect(near.proxy.requests.length).toBeLessThan(80);
      expect(far.proxy.requests.length).toBeLessThan(80);
    });

    test('its etcd is restarted', async (context) => {
      const collection = await newCollection(plane(), 10);
      const { transport, proxy } = await mountBehindProxy(context, plane());
      const watched = watchTexts(context, transport, collection.path);
      await converged(watched, collection);
      await plane().halt('etcd');
      // Taken up in the middle of it, with everything anew.
      proxy.resetAll();
      const late = watchTexts(context, transport, collection.path);
      await waitFor('the list to fail', () => proxy.requests.length > 4);
      expect(late.objects.synced()).toBe(false);
      expect(watched.objects.known.size).toBe(10);
      await plane().resume('etcd');
      await collection.remove('first-1');
      await collection.put('new', 'new');
      await converged(watched, collection);
      await converged(late, collection);
      expect(proxy.requests.length).toBeLessThan(120);
    });

    test('the token expires, is replaced, and is replaced again', async (context) => {
      await makeAccount(plane());
      const [first, second] = [await requestToken(plane()), await requestToken(plane())];
      const collection = await newCollection(plane(), 3);
      const expired = await expire(first, plane());
      const { transport, proxy, tokenFile } = await mountBehindProxy(context, plane(), expired);
      const watched = watchTexts(context, transport, collection.path);
      await waitFor('a refusal', () => watched.objects.trouble());
      expect(watched.objects.trouble()).toMatchObject({ failure: 'Unauthorized', status: 401 });
      await writeFile(tokenFile, first);
      await converged(watched, collection);
      proxy.inject(({ token }) => (token === second ? undefined : { answer: 401 }));
      proxy.resetAll();
      await collection.remove('first-0');
      await waitFor('another refusal', () => watched.objects.trouble());
      await writeFile(tokenFile, second);
      await converged(watched, collection);
      expect(proxy.requests.at(-1)?.token).toBe(second);
      expect(proxy.requests.length).toBeLessThan(60);
      expect(watched.lines.join('\n')).not.toContain(first.slice(-20));
    });

    test('its etcd is replaced by an older copy, which here is an empty one', async (context) => {
      const collection = await newCollection(plane(), 5);
      // So that the new one does not come so far for a while.
      for (let count = 0; count < 300; count += 1) await collection.put('first-0', `${count}`);
      const { transport } = await mountBehindProxy(context, plane());
      const watched = watchTexts(context, transport, collection.path);
      await converged(watched, collection);
      await plane().halt('kube-apiserver');
      await plane().halt('etcd');
      await rm(join(plane().folder, FILES.etcd), { recursive: true });
      await plane().resume('etcd');
      await plane().resume('kube-apiserver');
      const other = await newCollection(plane(), 1);
      expect(other.path).not.toBe(collection.path);
      await converged(watched, collection);
      expect(watched.objects.known.size).toBe(0);
    });

    test('its CA is replaced', async (context) => {
      const collection = await newCollection(plane(), 3);
      const { transport, proxy, caFile } = await mountBehindProxy(context, plane());
      const watched = watchTexts(context, transport, collection.path);
      await converged(watched, collection);
      await proxy.changeCertificate();
      await collection.remove('first-0');
      await waitFor('the refusal', () => watched.objects.trouble()?.failure === 'Untrusted');
      await writeFile(caFile, proxy.caPem());
      await converged(watched, collection);
      await expect(transport.call({ method: 'GET', path: collection.path })).resolves.toMatchObject({
        kind: 'ConfigMapList',
      });
      expect(proxy.connections().opened).toBeLessThan(30);
    });
  },
  { controllers: false },
);
