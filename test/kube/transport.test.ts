import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  inClusterCredentials,
  isFailure,
  kubeconfigCredentials,
  type KubeTransport,
  openTransport,
} from '../../src/kube/index.ts';
import { makeControlPlaneKeys } from '../control-plane/certificates.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';

/** A ServiceAccount's files as they are mounted into a Pod, and a transport that reads them. */
async function mountCredentials(plane: ControlPlane, token = plane.adminToken) {
  const folder = await mkdtemp(join(tmpdir(), 'tracehook-kube-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [tokenFile, caFile] = [join(folder, 'token'), join(folder, 'ca.crt')];
  await Promise.all([writeFile(tokenFile, `${token}\n`), writeFile(caFile, plane.caPem)]);
  const { hostname: host, port } = new URL(plane.url);
  return { tokenFile, caFile, credentials: inClusterCredentials({ host, port, tokenFile, caFile }) };
}

function opened(transport: KubeTransport): KubeTransport {
  onTestFinished(() => transport.close());
  return transport;
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

describeWithControlPlane(
  'the transport, with a real API server',
  (plane) => {
    test('objects go in and out', async () => {
      const { credentials } = await mountCredentials(plane());
      const transport = opened(openTransport({ credentials }));
      const body = { metadata: { name: 'in-and-out' }, data: { umlaut: 'grüße 🌍' } };
      await transport.call({ method: 'POST', path: CONFIG_MAPS, body });
      const found = await transport.call({ method: 'GET', path: `${CONFIG_MAPS}/in-and-out` });
      expect(found).toMatchObject({ data: { umlaut: 'grüße 🌍' } });
    });

    test('failures are of a closed set, and say no more than the Status does', async () => {
      const { credentials } = await mountCredentials(plane());
      const transport = opened(openTransport({ credentials }));
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

    test('a call that must not begin is never sent', async () => {
      const { credentials } = await mountCredentials(plane());
      const transport = opened(openTransport({ credentials }));
      const body = { metadata: { name: 'withheld' } };
      const call = transport.call({ method: 'POST', path: CONFIG_MAPS, body, mayBegin: () => false });
      await expect(call).rejects.toMatchObject({ failure: 'Withheld' });
      await expect(transport.call({ method: 'GET', path: `${CONFIG_MAPS}/withheld` })).rejects.toMatchObject({
        failure: 'NotFound',
      });
    });

    test('a watch tells what happens, and is given up at once', async () => {
      const { credentials } = await mountCredentials(plane());
      const transport = opened(openTransport({ credentials }));
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

    test('a token that is replaced in its file is used from the first 401 on', async () => {
      const { credentials, tokenFile } = await mountCredentials(plane(), 'expired');
      const transport = opened(openTransport({ credentials }));
      const path = '/api/v1/namespaces/default';
      await expect(transport.call({ method: 'GET', path })).rejects.toMatchObject({ failure: 'Unauthorized' });
      await writeFile(tokenFile, plane().adminToken);
      await expect(transport.call({ method: 'GET', path })).resolves.toMatchObject({ kind: 'Namespace' });
    });

    test('a CA that is replaced in its file is used from the first refusal on', async () => {
      const { credentials, caFile } = await mountCredentials(plane());
      // Of the same name, with another key: what a CA that is made anew looks like.
      await writeFile(caFile, (await makeControlPlaneKeys()).caPem);
      const transport = opened(openTransport({ credentials }));
      const path = '/api/v1/namespaces/default';
      await expect(transport.call({ method: 'GET', path })).rejects.toMatchObject({ failure: 'Untrusted' });
      await writeFile(caFile, plane().caPem);
      await expect(transport.call({ method: 'GET', path })).resolves.toMatchObject({ kind: 'Namespace' });
    });

    describe('with a kubeconfig', () => {
      test('its token and its CA are used', async () => {
        const credentials = await kubeconfigCredentials({ files: [plane().kubeconfig()] });
        const transport = opened(openTransport({ credentials }));
        const path = '/api/v1/namespaces/default';
        await expect(transport.call({ method: 'GET', path })).resolves.toMatchObject({ kind: 'Namespace' });
      });
    });
  },
  { controllers: false },
);
