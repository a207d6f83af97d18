import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  applyObject,
  createObject,
  deleteObject,
  isFailure,
  kubeconfigCredentials,
  openTransport,
  type Precondition,
  replaceObject,
  revisionOf,
  type SentObject,
} from '../../src/kube/index.ts';
import { makeControlPlaneKeys } from '../control-plane/certificates.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { type ForTest, mount, mountBehindProxy, type Mounted } from './edge.ts';

/** Straight to the server, with the administrator's token or another. */
async function mountStraight(context: ForTest, plane: ControlPlane, token = plane.adminToken): Promise<Mounted> {
  return await mount(context, plane, token);
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

describeWithControlPlane(
  'the transport, with a real API server',
  (plane) => {
    test('objects go in and out', async (context) => {
      const { transport } = await mountStraight(context, plane());
      const body = { metadata: { name: 'in-and-out' }, data: { umlaut: 'grüße 🌍' } };
      await transport.call({ method: 'POST', path: CONFIG_MAPS, body });
      const found = await transport.call({ method: 'GET', path: `${CONFIG_MAPS}/in-and-out` });
      expect(found).toMatchObject({ data: { umlaut: 'grüße 🌍' } });
    });

    test('failures are of a closed set, and say no more than the Status does', async (context) => {
      const { transport } = await mountStraight(context, plane());
      const body = { metadata: { name: 'twice' }, data: { secret: 'hunter2' } };
      await transport.call({ method: 'POST', path: CONFIG_MAPS, body });
      const again = await transport.call({ method: 'POST', path: CONFIG_MAPS, body }).catch((error: unknown) => error);
      expect(isFailure(again, 'AlreadyExists')).toBe(true);
      expect(String(again)).toBe(
        'KubeError: POST /api/v1/namespaces/default/configmaps: configmaps "twice" already exists',
      );
      const stale = { ...body, metadata: { name: 'twice', resourceVersion: '1' } };
      await expect(transport.call({ method: 'PUT', path: `${CONFIG_MAPS}/twice`, body: stale })).rejects.toMatchObject({
        failure: 'Conflict',
        status: 409,
        reason: 'Conflict',
      });
      await expect(transport.call({ method: 'GET', path: `${CONFIG_MAPS}/nothing` })).rejects.toMatchObject({
        failure: 'NotFound',
      });
      const bad = { metadata: { name: 'No Name' } };
      await expect(transport.call({ method: 'POST', path: CONFIG_MAPS, body: bad })).rejects.toMatchObject({
        failure: 'Invalid',
        status: 422,
      });
    });

    test('a hundred calls at once take four connections, and so do those after them', async (context) => {
      const { transport, proxy } = await mountBehindProxy(context, plane());
      for (let round = 0; round < 2; round += 1) {
        const calls = Array.from({ length: 100 }, () =>
          transport.call({ method: 'GET', path: '/api/v1/namespaces/default' }),
        );
        await Promise.all(calls);
      }
      expect(proxy.connections()).toMatchObject({ opened: 4, most: 4 });
      expect(proxy.requests).toHaveLength(200);
    });

    test('a kept connection that the server has closed costs a reader nothing', async (context) => {
      const { transport, proxy } = await mountBehindProxy(context, plane());
      const read = (): Promise<unknown> => transport.call({ method: 'GET', path: '/api/v1/namespaces/default' });
      await read();
      // The reset comes when the request is on its way: the connection is used for the second time.
      proxy.inject((_request, index) => (index === 1 ? 'reset' : undefined));
      await expect(read()).resolves.toMatchObject({ kind: 'Namespace' });
      expect(proxy.requests).toHaveLength(3);
    });

    test('a write whose answer is lost is not sent again', async (context) => {
      const { transport, proxy } = await mountBehindProxy(context, plane());
      await transport.call({ method: 'GET', path: '/api/v1/namespaces/default' });
      proxy.inject(() => 'reset after');
      const call = transport.call({ method: 'POST', path: CONFIG_MAPS, body: { metadata: { name: 'lost-answer' } } });
      await expect(call).rejects.toMatchObject({ failure: 'Unreachable' });
      expect(proxy.requests).toHaveLength(2);
    });

    test('a call that gets no answer ends at its deadline, and one that is given up ends at once', async (context) => {
      const { transport, proxy } = await mountBehindProxy(context, plane());
      proxy.inject(() => 'hang');
      const path = '/api/v1/namespaces/default';
      await expect(transport.call({ method: 'GET', path, timeoutMs: 150 })).rejects.toMatchObject({
        failure: 'Timeout',
      });
      const controller = new AbortController();
      const calls = Array.from({ length: 12 }, () =>
        transport.call({ method: 'GET', path, signal: controller.signal }),
      );
      setTimeout(() => controller.abort(), 50);
      for (const call of calls) await expect(call).rejects.toMatchObject({ failure: 'Aborted' });
    });

    test('a 429 says how long the server asks for', async (context) => {
      const { transport, proxy } = await mountBehindProxy(context, plane());
      proxy.inject(() => ({ answer: 429, headers: { 'retry-after': '3' } }));
      await expect(transport.call({ method: 'GET', path: CONFIG_MAPS })).rejects.toMatchObject({
        failure: 'Throttled',
        retryAfterMs: 3_000,
      });
    });

    test('a call that must not begin is never sent', async (context) => {
      const { transport } = await mountStraight(context, plane());
      const body = { metadata: { name: 'withheld' } };
      const call = transport.call({ method: 'POST', path: CONFIG_MAPS, body, mayBegin: () => false });
      await expect(call).rejects.toMatchObject({ failure: 'Withheld' });
      await expect(transport.call({ method: 'GET', path: `${CONFIG_MAPS}/withheld` })).rejects.toMatchObject({
        failure: 'NotFound',
      });
    });

    test('a watch tells what happens, and is given up at once', async (context) => {
      const { transport } = await mountStraight(context, plane());
      const controller = new AbortController();
      const seen: unknown[] = [];
      const watch = transport.watch(
        { path: CONFIG_MAPS, query: { fieldSelector: 'metadata.name=watched' }, signal: controller.signal },
        ({ type, object }) => {
          if (type !== 'BOOKMARK') seen.push([type, object['data']]);
          if (type === 'DELETED') controller.abort();
        },
      );
      const body = { metadata: { name: 'watched' }, data: { text: 'ö'.repeat(500_000) } };
      await transport.call({ method: 'POST', path: CONFIG_MAPS, body });
      await transport.call({ method: 'DELETE', path: `${CONFIG_MAPS}/watched` });
      await expect(watch).rejects.toMatchObject({ failure: 'Aborted' });
      expect(seen).toEqual([
        ['ADDED', body.data],
        ['DELETED', body.data],
      ]);
    });

    test('a token that is replaced in its file is used from the first 401 on', async (context) => {
      const { transport, tokenFile } = await mountStraight(context, plane(), 'expired');
      const path = '/api/v1/namespaces/default';
      await expect(transport.call({ method: 'GET', path })).rejects.toMatchObject({ failure: 'Unauthorized' });
      await writeFile(tokenFile, plane().adminToken);
      await expect(transport.call({ method: 'GET', path })).resolves.toMatchObject({ kind: 'Namespace' });
    });

    test('a CA that is replaced in its file is used from the first refusal on', async (context) => {
      const { transport, caFile } = await mountStraight(context, plane());
      // Of the same name, with another key: what a CA that is made anew looks like.
      await writeFile(caFile, (await makeControlPlaneKeys()).caPem);
      const path = '/api/v1/namespaces/default';
      await expect(transport.call({ method: 'GET', path })).rejects.toMatchObject({ failure: 'Untrusted' });
      await writeFile(caFile, plane().caPem);
      await expect(transport.call({ method: 'GET', path })).resolves.toMatchObject({ kind: 'Namespace' });
    });

    describe('writes', () => {
      const object = (name: string, text: string): SentObject => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name },
        data: { text },
      });

      test('an object is created once, replaced at the revision that was read, and deleted at the next', async (context) => {
        const options = { ...(await mountStraight(context, plane())), fieldManager: 'tracehook' };
        const path = `${CONFIG_MAPS}/owned`;
        const first = revisionOf(await createObject(options, CONFIG_MAPS, object('owned', '1')));
        await expect(createObject(options, CONFIG_MAPS, object('owned', '1'))).rejects.toMatchObject({
          failure: 'AlreadyExists',
        });
        const second = revisionOf(await replaceObject(options, path, object('owned', '2'), first));
        await expect(replaceObject(options, path, object('owned', '3'), first)).rejects.toMatchObject({
          failure: 'Conflict',
        });
        await expect(deleteObject(options, path, first)).rejects.toMatchObject({ failure: 'Conflict' });
        await deleteObject(options, path, second);
        await deleteObject(options, path, second);
      });

      test('what somebody else made under the same name is neither replaced nor deleted', async (context) => {
        const options = { ...(await mountStraight(context, plane())), fieldManager: 'tracehook' };
        const path = `${CONFIG_MAPS}/another`;
        const ours = revisionOf(await createObject(options, CONFIG_MAPS, object('another', 'ours')));
        await deleteObject(options, path, ours);
        await expect(replaceObject(options, path, object('another', 'x'), ours)).rejects.toMatchObject({
          failure: 'NotFound',
        });
        const theirs = revisionOf(await createObject(options, CONFIG_MAPS, object('another', 'theirs')));
        const guess: Precondition = { uid: ours.uid, resourceVersion: theirs.resourceVersion };
        await expect(replaceObject(options, path, object('another', 'x'), guess)).rejects.toMatchObject({
          failure: 'Conflict',
        });
        await expect(deleteObject(options, path, guess)).rejects.toMatchObject({ failure: 'Conflict' });
      });

      test('apply keeps the fields of others, takes them only by force, and refuses what the schema lacks', async (context) => {
        const { transport } = await mountStraight(context, plane());
        const path = `${CONFIG_MAPS}/shared`;
        await applyObject({ transport, fieldManager: 'theirs' }, path, object('shared', 'theirs'));
        const ours = { transport, fieldManager: 'ours' };
        const more = { ...object('shared', ''), data: { more: 'ours' } };
        expect(await applyObject(ours, path, more)).toMatchObject({ data: { text: 'theirs', more: 'ours' } });
        await expect(applyObject(ours, path, object('shared', 'ours'))).rejects.toMatchObject({ failure: 'Conflict' });
        expect(await applyObject(ours, path, object('shared', 'ours'), true)).toMatchObject({ data: { text: 'ours' } });
        await expect(applyObject(ours, path, { ...more, colour: 'red' })).rejects.toThrow('not declared in schema');
      });
    });

    describe('with a kubeconfig', () => {
      test('a context that is not there, a file that is not there, and a server without TLS are named', async () => {
        const file = plane().kubeconfig();
        await expect(kubeconfigCredentials({ files: [file], context: 'nowhere' })).rejects.toThrow(
          'kubeconfig: context "nowhere" is not there; allowed: "test"',
        );
        await expect(kubeconfigCredentials({ files: ['/nowhere/config'] })).rejects.toThrow(
          'kubeconfig /nowhere/config: ',
        );
        const plain = join(plane().folder, 'plain.kubeconfig');
        await writeFile(plain, (await readFile(file, 'utf8')).replace('https://', 'http://'));
        await expect(kubeconfigCredentials({ files: [plain] })).rejects.toThrow('allowed: an https URL');
      });

      test('an exec plugin gives the token, and is run again after a 401', async () => {
        const [file, tokenFile] = [join(plane().folder, 'exec.kubeconfig'), join(plane().folder, 'exec.token')];
        await writeFile(tokenFile, 'expired');
        const script =
          `printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s",` +
          `"expirationTimestamp":"2099-01-01T00:00:00Z"}}' "$(cat ${tokenFile})"`;
        const exec = {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: 'sh',
          args: ['-c', script],
          interactiveMode: 'Never',
        };
        const config = parse(await readFile(plane().kubeconfig(), 'utf8')) as { users: object[] };
        await writeFile(file, stringify({ ...config, users: [{ name: 'admin', user: { exec } }] }));
        const transport = openTransport({ credentials: await kubeconfigCredentials({ files: [file] }) });
        onTestFinished(() => transport.close());
        const path = '/api/v1/namespaces/default';
        await expect(transport.call({ method: 'GET', path })).rejects.toMatchObject({ failure: 'Unauthorized' });
        await writeFile(tokenFile, plane().adminToken);
        await expect(transport.call({ method: 'GET', path })).resolves.toMatchObject({ kind: 'Namespace' });
      });

      test('its token and its CA are used', async () => {
        const credentials = await kubeconfigCredentials({ files: [plane().kubeconfig()] });
        const transport = openTransport({ credentials });
        onTestFinished(() => transport.close());
        const path = '/api/v1/namespaces/default';
        await expect(transport.call({ method: 'GET', path })).resolves.toMatchObject({ kind: 'Namespace' });
      });
    });
  },
  { controllers: false },
);
