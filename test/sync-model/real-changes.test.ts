import { expect, test } from 'vitest';
import { resolveSettings } from '../../src/settings/index.ts';
import {
  changesFor,
  desiredObjects,
  MARK,
  type ObjectKey,
  observeObject,
  SYNCED_OBJECTS,
} from '../../src/sync/index.ts';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { collectionOf, sender } from './real-calls.ts';

describeWithControlPlane(
  'the changes, on the real API server',
  (plane) => {
    const settings = resolveSettings(
      {
        source: 'cluster',
        spec: { collector: { http: 'http://collector:4318' }, sampling: { default: { type: 'const', param: 1 } } },
      },
      undefined,
    );
    const namespace = 'shop';
    const desired = desiredObjects({
      namespace,
      settings,
      samplingTarget: 'tracehook-sampling.tracehook-system.svc.cluster.local',
    });

    async function look(): Promise<Parameters<typeof changesFor>[0]['objects']> {
      const send = sender(plane());
      const found = await Promise.all(
        Object.values(SYNCED_OBJECTS).map(async (reference) => {
          const { object } = await send('GET', `${collectionOf(namespace, reference.kind)}/${reference.name}`);
          const observed = observeObject(reference, object);
          return observed === undefined ? [] : [[reference.key, observed] as const];
        }),
      );
      return Object.fromEntries(found.flat());
    }

    /** One reconcile: what was written, as `PUT 200 Service/tracehook-sampling`. */
    async function reconcile(optIn: 'enabled' | 'none' = 'enabled'): Promise<readonly string[]> {
      const observed = {
        namespace: { name: namespace, optIn, deleting: false },
        objects: await look(),
        podsRefer: false,
      };
      const send = sender(plane());
      const told: string[] = [];
      for (const { action, reference, body } of changesFor(observed, desired).changes) {
        const collection = collectionOf(namespace, reference.kind);
        const path = action === 'create' ? collection : `${collection}/${reference.name}`;
        const method = ({ create: 'POST', replace: 'PUT', remove: 'DELETE' } as const)[action];
        const { code, reason } = await send(method, path, body);
        told.push(`${method} ${code}${reason} ${reference.key}`);
      }
      return told;
    }

    const all = (call: string): string[] => Object.keys(SYNCED_OBJECTS).map((key) => `${call} ${key}`);

    test('three writes make the objects, and then nothing is left to write', async () => {
      await plane().client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      expect(await reconcile()).toEqual(all('POST 201'));
      expect(await reconcile()).toEqual([]);
    });

    test.for<[string, ObjectKey, unknown]>([
      ['data', 'ConfigMap/tracehook-env', { data: { OTEL_TRACES_SAMPLER: 'always_on', MORE: '1' } }],
      ['no data', 'ConfigMap/tracehook-env', { data: null }],
      ['binary data', 'ConfigMap/tracehook-sampling', { binaryData: { more: 'AA==' } }],
      ['a text', 'ConfigMap/tracehook-sampling', { data: { 'strategies.json': '{}' } }],
      ['a host', 'Service/tracehook-sampling', { spec: { externalName: 'else.svc' } }],
      ['no ports', 'Service/tracehook-sampling', { spec: { ports: null } }],
      ['type ClusterIP', 'Service/tracehook-sampling', { spec: { type: 'ClusterIP', externalName: null } }],
      ['type NodePort', 'Service/tracehook-sampling', { spec: { type: 'NodePort', externalName: null } }],
      ['type LoadBalancer', 'Service/tracehook-sampling', { spec: { type: 'LoadBalancer', externalName: null } }],
      [
        'no cluster IP',
        'Service/tracehook-sampling',
        { spec: { type: 'ClusterIP', clusterIP: 'None', externalName: null } },
      ],
    ])('%s of somebody is corrected by one write', async ([, key, patch]) => {
      const { kind, name } = SYNCED_OBJECTS[key];
      await plane().client.patch({ apiVersion: 'v1', kind, metadata: { name, namespace } }, 'merge', patch);
      expect(await reconcile()).toEqual([`PUT 200 ${key}`]);
      expect(await reconcile()).toEqual([]);
    });

    test('metadata of others is no difference, and outlives a correction', async () => {
      const target = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'tracehook-env', namespace } };
      const metadata = {
        labels: { team: 'shop' },
        annotations: { note: 'mine' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Team', name: 'shop', uid: 'o' }],
      };
      await plane().client.patch(target, 'merge', { metadata });
      expect(await reconcile()).toEqual([]);
      await plane().client.patch(target, 'merge', { data: { MORE: '1' } });
      expect(await reconcile()).toEqual(['PUT 200 ConfigMap/tracehook-env']);
      const { object } = await plane().client.get<{ apiVersion: string; kind: string; metadata: object }>(target);
      expect(object.metadata).toMatchObject({ ...metadata, labels: { ...MARK, team: 'shop' } });
      expect(object).not.toHaveProperty('data.MORE');
    });

    test('one that cannot be changed is removed and created anew', async () => {
      const target = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'tracehook-env', namespace } };
      await plane().client.patch(target, 'merge', { immutable: true, data: { MORE: '1' } });
      expect(await reconcile()).toEqual(['DELETE 200 ConfigMap/tracehook-env']);
      expect(await reconcile()).toEqual(['POST 201 ConfigMap/tracehook-env']);
      expect(await reconcile()).toEqual([]);
    });

    test("an object that lost our mark is somebody else's from then on", async () => {
      const target = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'tracehook-sampling', namespace } };
      const label = 'app.kubernetes.io/managed-by';
      await plane().client.patch(target, 'merge', {
        metadata: { labels: { [label]: 'Helm' } },
        spec: { externalName: 'else.svc' },
      });
      expect(await reconcile()).toEqual([]);
      await plane().client.patch(target, 'merge', { metadata: { labels: { [label]: 'tracehook' } } });
      expect(await reconcile()).toEqual(['PUT 200 Service/tracehook-sampling']);
    });

    test('opting out removes the three, and then nothing is left to write', async () => {
      expect(await reconcile('none')).toEqual(all('DELETE 200'));
      expect(await reconcile('none')).toEqual([]);
    });
  },
  { controllers: false },
);
