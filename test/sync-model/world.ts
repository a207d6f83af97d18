/** Small worlds: every state that one of the three objects, and their namespace, can be in when a reconcile begins. */
import { resolveSettings } from '../../src/settings/index.ts';
import { type Desired, desiredObjects, MARK, type ObjectKey, SYNCED_OBJECTS } from '../../src/sync/index.ts';
import { createModelServer, type ModelEvent, type ModelObject, type ModelServer, type Snapshot } from './api-model.ts';

/**
 * absent; `right`: ours, as it should be; `drifted`: ours, other content, and metadata of others; `held`: as it should be, with
 * somebody's finalizer; `driftedHeld`: both; `frozen`: drifted and immutable (ConfigMaps); `dying`: ours, drifted, to be deleted,
 * held by a finalizer; `foreign`: somebody else's; `claimed`: somebody else's with half of our mark.
 */
export const STATES = [
  'absent',
  'right',
  'drifted',
  'held',
  'driftedHeld',
  'frozen',
  'dying',
  'foreign',
  'claimed',
] as const;
export type State = (typeof STATES)[number];

export const KEYS = Object.keys(SYNCED_OBJECTS) as ObjectKey[];

/** `used`: opted out, but Pods refer to the objects. */
export const NAMESPACES = ['in', 'out', 'used', 'terminating'] as const;
export type NamespaceState = (typeof NAMESPACES)[number];

export interface World {
  readonly namespace: NamespaceState;
  /** In the order of KEYS. */
  readonly states: readonly State[];
}

export const NAMESPACE = 'shop';

const settingsOf = (host: string, param: number) =>
  resolveSettings(
    {
      source: 'cluster',
      spec: { collector: { http: `http://${host}:4318` }, sampling: { default: { type: 'probabilistic', param } } },
    },
    undefined,
  );

/** What the objects should be, before and after the settings change; the latter is different for each of the three. */
export const DESIRED: Readonly<Record<'before' | 'after', Desired>> = {
  before: desiredObjects({ namespace: NAMESPACE, settings: settingsOf('old', 0.1), samplingTarget: 'old.svc' }),
  after: desiredObjects({ namespace: NAMESPACE, settings: settingsOf('new', 0.2), samplingTarget: 'new.svc' }),
};

/** Somebody else's part of the metadata. */
const OTHERS = { labels: { team: 'shop' }, annotations: { note: 'mine' } };
const HELD = { finalizers: ['example.com/hold'] };

/** The object of that key in that state, as somebody would create it; `undefined` for `absent`. */
export function objectIn(state: State, key: ObjectKey): ModelObject | undefined {
  if (state === 'absent') return undefined;
  const { kind, name } = SYNCED_OBJECTS[key];
  const right = contentFor(key, 'before');
  const odd = oddContent(kind);
  const make = (metadata: Omit<ModelObject['metadata'], 'name'>, content: Partial<ModelObject>): ModelObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: NAMESPACE, ...metadata },
    ...content,
  });
  const marked = { ...OTHERS, labels: { ...OTHERS.labels, ...MARK } };
  switch (state) {
    case 'right':
      return make({ labels: MARK }, right);
    case 'drifted':
      return make(marked, odd);
    case 'held':
      return make({ ...marked, ...HELD }, right);
    case 'driftedHeld':
    case 'dying':
      return make({ ...marked, ...HELD }, odd);
    case 'frozen':
      return make(marked, { ...odd, immutable: true });
    case 'foreign':
      return make(OTHERS, odd);
    case 'claimed':
      return make({ labels: { ...MARK, 'app.kubernetes.io/managed-by': 'Helm' } }, odd);
  }
}

/** As the three should be. */
export function contentFor(key: ObjectKey, settings: 'before' | 'after'): Partial<ModelObject> {
  const found = DESIRED[settings].objects.find(({ reference }) => reference.key === key);
  if (found === undefined) throw new Error(`${key} is not desired`);
  return found.content;
}

function oddContent(kind: 'ConfigMap' | 'Service'): Partial<ModelObject> {
  return kind === 'ConfigMap'
    ? { data: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://else:4318' } }
    : { spec: { type: 'ExternalName', externalName: 'else.svc' } };
}

const snapshots = new WeakMap<World, Snapshot>();

/** A server with the world in it, whose changes `onEvent` hears from then on. */
export function serverOf(world: World, onEvent: (event: ModelEvent) => void): ModelServer {
  const snapshot = snapshots.get(world) ?? build(world);
  snapshots.set(world, snapshot);
  return createModelServer(onEvent, snapshot);
}

function build(world: World): Snapshot {
  const server = createModelServer();
  KEYS.forEach((key, index) => {
    const state = world.states[index] ?? 'absent';
    const object = objectIn(state, key);
    if (object !== undefined) server.create(object);
    if (state === 'dying') server.remove(SYNCED_OBJECTS[key].kind, SYNCED_OBJECTS[key].name, {});
  });
  if (world.namespace === 'terminating') server.setNamespace('terminating');
  return server.snapshot();
}

/** All worlds of three objects whose states are among `states`. */
export function* worldsOf(states: readonly State[], namespaces: readonly NamespaceState[]): Generator<World> {
  for (const namespace of namespaces)
    for (const env of states)
      for (const sampling of states)
        for (const service of states) {
          // A Service has no `immutable`.
          if (service !== 'frozen') yield { namespace, states: [env, sampling, service] };
        }
}

/** A world in which one of the three, at `index`, may be otherwise than it should be. */
export interface SingleWorld extends World {
  readonly index: number;
}

/** One ConfigMap stands for both: they differ in nothing but name and content. */
export function* singleWorlds(): Generator<SingleWorld> {
  for (const namespace of NAMESPACES)
    for (const index of [0, 2])
      for (const state of STATES) {
        const states = KEYS.map((_, each) => (each === index ? state : 'right'));
        if (state !== 'frozen' || index === 0) yield { namespace, states, index };
      }
}
