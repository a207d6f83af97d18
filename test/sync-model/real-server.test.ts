import { expect, test } from 'vitest';
import { describeWithControlPlane } from '../control-plane/suite.ts';
import { randomOf } from '../hostile/random.ts';
import { contentOf, createModelServer, type ModelObject, type ModelServer } from './api-model.ts';
import { nextOperation, type Operation, type Sighting, versionFor } from './operations.ts';
import { collectionOf, type Heard, type Send, sender } from './real-calls.ts';
import { eventsSince } from './real-events.ts';

const SEQUENCES = 6;
const OPERATIONS = 100;
/** From here on the namespace is being deleted. */
const TERMINATING_FROM = 80;

/** Does one operation to the real server. */
async function doReally(
  send: Send,
  namespace: string,
  operation: Operation,
  sightings: readonly Sighting[],
): Promise<Heard> {
  const collection = collectionOf(namespace, operation.kind);
  if (operation.action === 'create') return await send('POST', collection, operation.object);
  const version = versionFor(operation.conditions, sightings, 'real');
  const path = `${collection}/${operation.name}`;
  if (operation.action === 'remove') {
    return await send('DELETE', path, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: version });
  }
  const { object } = operation;
  return await send('PUT', path, { ...object, metadata: { ...object.metadata, ...version } });
}

/** Does the same to the model. */
function doToModel(model: ModelServer, operation: Operation, sightings: readonly Sighting[]): Heard {
  if (operation.action === 'create') return heard(model.create(operation.object));
  const version = versionFor(operation.conditions, sightings, 'model');
  if (operation.action === 'remove') return heard(model.remove(operation.kind, operation.name, version));
  const { object } = operation;
  return heard(model.replace({ ...object, metadata: { ...object.metadata, ...version } }));
}

function heard(answer: ReturnType<ModelServer['create']>): Heard {
  return 'object' in answer ? { ...answer, reason: '' } : answer;
}

/** What both servers must have alike. */
function stateOf(object: ModelObject | undefined): unknown {
  if (object === undefined) return 'nothing';
  const { labels = {}, annotations = {}, finalizers = [], ownerReferences = [], deletionTimestamp } = object.metadata;
  return {
    labels,
    annotations,
    finalizers,
    ownerReferences,
    deleting: deletionTimestamp !== undefined,
    immutable: object.immutable ?? false,
    content: contentOf(object),
  };
}

function versionOf(object: ModelObject | undefined): { uid: string; resourceVersion: string } | undefined {
  const { uid, resourceVersion } = object?.metadata ?? {};
  return uid === undefined || resourceVersion === undefined ? undefined : { uid, resourceVersion };
}

describeWithControlPlane(
  'the model of the API server, held against the real one',
  (plane) => {
    test.for(Array.from({ length: SEQUENCES }, (_, index) => index))(
      'answers and stores the same, sequence %i',
      async (index) => {
        const namespace = `model-${index}`;
        const send = sender(plane());
        await plane().client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
        const events: Record<'ConfigMap' | 'Service', string[]> = { ConfigMap: [], Service: [] };
        const present = new Set<string>();
        const model = createModelServer(({ key, object }) => {
          const [kind, name] = key.split('/') as ['ConfigMap' | 'Service', string];
          events[kind].push(`${object === undefined ? 'DELETED' : present.has(key) ? 'MODIFIED' : 'ADDED'} ${name}`);
          if (object === undefined) present.delete(key);
          else present.add(key);
        });
        const start = (await send('GET', collectionOf(namespace, 'ConfigMap'))).object?.metadata.resourceVersion ?? '';
        const random = randomOf(20_260_101, index);
        const sightings = new Map<string, Sighting[]>();
        const codes = new Map<string, number>();

        for (let count = 0; count < OPERATIONS; count += 1) {
          if (count === TERMINATING_FROM) {
            await send('DELETE', `/api/v1/namespaces/${namespace}`);
            model.setNamespace('terminating');
          }
          const operation = nextOperation(random);
          const key = `${operation.kind}/${operation.name}`;
          const known = sightings.get(key) ?? [];
          const what = `operation ${count}: ${JSON.stringify(operation)}`;
          const [real, modelled] = [
            await doReally(send, namespace, operation, known),
            doToModel(model, operation, known),
          ];
          expect([modelled.code, modelled.reason], what).toEqual([real.code, real.reason]);
          codes.set(`${operation.action} ${real.code}`, (codes.get(`${operation.action} ${real.code}`) ?? 0) + 1);

          const after = (await send('GET', `${collectionOf(namespace, operation.kind)}/${operation.name}`)).object;
          const modelAfter = model.get(operation.kind, operation.name);
          expect(stateOf(modelAfter), what).toEqual(stateOf(after));
          const last = known.at(-1);
          // A write that changes nothing gives no new version, on both.
          const [realVersion, modelVersion] = [versionOf(after), versionOf(modelAfter)];
          const isNew = realVersion !== undefined && realVersion.resourceVersion !== last?.real.resourceVersion;
          const isNewInModel =
            modelVersion !== undefined && modelVersion.resourceVersion !== last?.model.resourceVersion;
          expect(isNewInModel, what).toBe(isNew);
          if (isNew && isNewInModel) {
            expect(modelVersion.uid === last?.model.uid, what).toBe(realVersion.uid === last?.real.uid);
            sightings.set(key, [...known, { model: modelVersion, real: realVersion }]);
          }
        }
        const [configMaps, services] = await Promise.all(
          (['ConfigMap', 'Service'] as const).map((kind) => eventsSince(plane(), collectionOf(namespace, kind), start)),
        );
        expect({ ConfigMap: configMaps, Service: services }).toEqual(events);
        console.log(
          `sequence ${index}: ${[...codes]
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([code, count]) => `${code} × ${count}`)
            .join(', ')}`,
        );
      },
    );

    test('a namespace that is not there refuses what is new, in both', async () => {
      const model = createModelServer();
      model.setNamespace('gone');
      const object: ModelObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'tracehook-env' } };
      const real = await sender(plane())('POST', collectionOf('nowhere', 'ConfigMap'), object);
      expect(heard(model.create(object))).toEqual({ code: real.code, reason: real.reason });
    });
  },
  { controllers: false },
);
