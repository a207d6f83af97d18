/** What others do while a reconcile is under way. Each ends in the same state, whenever it happens. */
import { type ObjectKey, SYNCED_OBJECTS } from '../../src/sync/index.ts';
import { type ModelObject, type ModelServer, without } from './api-model.ts';
import { reconcileOnce } from './run.ts';
import { type NamespaceState, objectIn, type World } from './world.ts';

/** All that a reconcile depends on, as it is. */
export interface Truth {
  readonly server: ModelServer;
  namespace: NamespaceState;
  settings: 'before' | 'after';
}

export interface Stimulus {
  readonly name: string;
  /** Whether it makes sense there, and its end state does not depend on when it happens. */
  readonly fits: (world: World) => boolean;
  readonly apply: (truth: Truth) => void;
}

export const NOTHING: Stimulus = { name: 'nothing', fits: () => true, apply: () => undefined };

const turn = (name: string, from: readonly NamespaceState[], to: NamespaceState): Stimulus => ({
  name,
  fits: ({ namespace }) => from.includes(namespace),
  apply(truth) {
    truth.namespace = to;
    if (to === 'terminating') truth.server.setNamespace('terminating');
  },
});

const ABOUT_THE_NAMESPACE: readonly Stimulus[] = [
  NOTHING,
  { name: 'another replica reconciles', fits: () => true, apply: reconcileOnce },
  turn('the namespace opts out', ['in'], 'out'),
  {
    ...turn('the namespace opts in', ['out', 'used'], 'in'),
    // What others wrote into an object goes with it, if it is removed before.
    fits: ({ namespace, states }) =>
      namespace === 'used' ||
      (namespace === 'out' && !states.some((state) => ['drifted', 'held', 'driftedHeld'].includes(state))),
  },
  turn('the last Pod that refers goes', ['used'], 'out'),
  turn('the namespace is deleted', ['in', 'out', 'used'], 'terminating'),
  {
    name: 'the settings change',
    fits: ({ namespace }) => namespace === 'in',
    apply(truth) {
      truth.settings = 'after';
    },
  },
];

/** All that can happen to a world, with the object at `index` as the one that others touch. */
export function stimuliOn(key: ObjectKey, index: number): readonly Stimulus[] {
  const { kind, name } = SYNCED_OBJECTS[key];
  const change = (server: ModelServer, make: (found: ModelObject) => ModelObject): void => {
    const found = server.get(kind, name);
    if (found !== undefined)
      server.replace(make({ ...found, metadata: without(found.metadata, 'uid', 'resourceVersion') }));
  };
  const foreign = objectIn('foreign', key);
  if (foreign === undefined) throw new Error('there is something foreign');
  const stateOf = ({ states }: World) => states[index] ?? 'absent';
  const isFree = (world: World): boolean => !['held', 'driftedHeld', 'frozen', 'dying'].includes(stateOf(world));
  return [
    ...ABOUT_THE_NAMESPACE,
    {
      name: 'somebody edits it',
      fits: (world) => !['frozen', 'dying'].includes(stateOf(world)) && world.namespace !== 'used',
      apply: ({ server }) => change(server, (found) => ({ ...found, ...edited(kind) })),
    },
    {
      name: 'somebody takes it over',
      fits: isFree,
      apply({ server }) {
        if (server.get(kind, name) === undefined) server.create(foreign);
        else server.replace(foreign);
      },
    },
    {
      name: 'somebody puts his own in its place',
      fits: () => true,
      apply({ server }) {
        change(server, withoutHold);
        server.remove(kind, name, {});
        server.create(foreign);
      },
    },
    { name: 'somebody deletes it', fits: () => true, apply: ({ server }) => void server.remove(kind, name, {}) },
    {
      name: 'its finalizer goes',
      fits: () => true,
      apply: ({ server }) => change(server, withoutHold),
    },
  ];
}

function edited(kind: 'ConfigMap' | 'Service'): Partial<ModelObject> {
  return kind === 'ConfigMap' ? { data: { edited: 'yes' } } : { spec: { type: 'ClusterIP', ports: [{ port: 80 }] } };
}

function withoutHold(found: ModelObject): ModelObject {
  return { ...found, metadata: without(found.metadata, 'finalizers') };
}
