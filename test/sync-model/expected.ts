/** What the end state must be, worked out without the code that is held against it. */
import { MARK, type ObjectKey, SYNCED_OBJECTS } from '../../src/sync/index.ts';
import { contentOf, createModelServer, type ModelObject, type ModelServer, without } from './api-model.ts';
import type { Stimulus, Truth } from './stimuli.ts';
import { contentFor, KEYS, NAMESPACE, serverOf, type World } from './world.ts';

/** The end state as texts, by key, without uids and versions. */
export function endOf(server: ModelServer): Record<string, string> {
  return Object.fromEntries(
    KEYS.map((key) => {
      const { kind, name } = SYNCED_OBJECTS[key];
      return [key, textOf(server.get(kind, name))];
    }),
  );
}

/** What others made of the world, nobody else being there, and then the rules. */
export function expectedEnd(world: World, stimulus: Stimulus): Record<string, string> {
  const truth: Truth = { server: serverOf(world, () => undefined), namespace: world.namespace, settings: 'before' };
  stimulus.apply(truth);
  return Object.fromEntries(KEYS.map((key) => [key, textOf(rule(world, truth, key))]));
}

function rule(world: World, { server, namespace, settings }: Truth, key: ObjectKey): ModelObject | undefined {
  const { kind, name } = SYNCED_OBJECTS[key];
  const found = server.get(kind, name);
  const isOurs = found !== undefined && Object.entries(MARK).every(([k, v]) => found.metadata.labels?.[k] === v);
  // At the end of its deletion a namespace is empty; where it had begun before, we are looking on.
  if (namespace === 'terminating') return world.namespace === 'terminating' ? found : undefined;
  if (found?.metadata.deletionTimestamp !== undefined) return found;
  if (found !== undefined && !isOurs) return found;
  if (namespace === 'used') return found;
  if (namespace === 'out') {
    const isHeld = (found?.metadata.finalizers ?? []).length > 0;
    return found === undefined || !isHeld
      ? undefined
      : { ...found, metadata: { ...found.metadata, deletionTimestamp: 'now' } };
  }
  // An immutable one is made anew, and nobody else has written into the new one.
  const isNew = found === undefined || found.immutable === true;
  const metadata = isNew ? { name, namespace: NAMESPACE, labels: MARK } : found.metadata;
  return stored({ apiVersion: 'v1', kind, metadata, ...contentFor(key, settings) });
}

/** With what the server fills in. */
function stored(object: ModelObject): ModelObject {
  const server = createModelServer();
  server.create({ ...object, metadata: without(object.metadata, 'uid', 'resourceVersion') });
  const found = server.get(object.kind, object.metadata.name);
  if (found === undefined) throw new Error('it was created');
  return found;
}

function textOf(object: ModelObject | undefined): string {
  if (object === undefined) return 'nothing';
  const { labels = {}, annotations = {}, finalizers = [], deletionTimestamp } = object.metadata;
  // Whether it was put right before it had to go is a matter of time.
  if (deletionTimestamp !== undefined) return 'going';
  return JSON.stringify([
    sorted(labels),
    sorted(annotations),
    finalizers,
    object.immutable ?? false,
    contentOf(object),
  ]);
}

function sorted(map: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Successful writes that a world needs where nothing goes wrong. */
export function writesNeeded({ namespace, states }: World): number {
  const writes = { in: writesIn, out: writesOut, used: () => 0, terminating: () => 0 }[namespace];
  return states.reduce((sum, state) => sum + writes(state), 0);
}

function writesIn(state: World['states'][number]): number {
  if (state === 'absent' || state === 'drifted' || state === 'driftedHeld') return 1;
  // Removed and created.
  return state === 'frozen' ? 2 : 0;
}

function writesOut(state: World['states'][number]): number {
  return ['right', 'drifted', 'held', 'driftedHeld', 'frozen'].includes(state) ? 1 : 0;
}
