/** Random operations on ConfigMaps and Services, told so that they can be done to two servers with uids and versions of their own. */
import { MARK, type ObjectKey, SYNCED_OBJECTS } from '../../src/sync/index.ts';
import type { Random } from '../hostile/random.ts';
import type { ModelObject } from './api-model.ts';

/** uid and resourceVersion that an object had at some time, on both servers. */
export interface Sighting {
  readonly model: Version;
  readonly real: Version;
}

export interface Version {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Which uid and version to name, of those that the object had: the newest is 0; `-1`: none; `madeUp`: one that never was. */
export interface Conditions {
  readonly uid: number | 'madeUp';
  readonly resourceVersion: number | 'madeUp';
}

export type Operation = { readonly kind: 'ConfigMap' | 'Service'; readonly name: string } & (
  | { readonly action: 'create'; readonly object: ModelObject }
  | { readonly action: 'replace'; readonly object: ModelObject; readonly conditions: Conditions }
  | { readonly action: 'remove'; readonly conditions: Conditions }
);

const CONFIG_MAPS: readonly [Partial<ModelObject>, ...Partial<ModelObject>[]] = [
  { data: { a: '1' } },
  { data: { a: '2', b: '' } },
  {},
  { data: { a: '1' }, immutable: true },
  { data: { a: '2', b: '' }, immutable: true },
];

const PORTS = [
  { name: 'http', protocol: 'TCP', port: 5778 },
  { name: 'grpc', protocol: 'TCP', port: 5779 },
];
const SERVICES: readonly [Partial<ModelObject>, ...Partial<ModelObject>[]] = [
  { spec: { type: 'ExternalName', externalName: 'one.svc', ports: PORTS } },
  { spec: { type: 'ExternalName', externalName: 'two.svc', ports: PORTS } },
  { spec: { type: 'ExternalName', externalName: 'two.svc', ports: [{ port: 80 }] } },
  { spec: { type: 'ExternalName', externalName: 'two.svc' } },
];

const METADATA: readonly [Partial<ModelObject['metadata']>, ...Partial<ModelObject['metadata']>[]] = [
  {},
  { labels: MARK },
  { labels: MARK, annotations: { note: 'mine' } },
  { labels: { ...MARK, team: 'shop' }, finalizers: ['example.com/hold'] },
  { finalizers: ['example.com/hold'] },
  { ownerReferences: [{ apiVersion: 'v1', kind: 'Team', name: 'shop', uid: 'o' }] },
];

const KEYS: readonly [ObjectKey, ...ObjectKey[]] = [
  'ConfigMap/tracehook-env',
  'ConfigMap/tracehook-sampling',
  'Service/tracehook-sampling',
];

/** The next operation on one of the three objects. */
export function nextOperation(random: Random): Operation {
  const { kind, name } = SYNCED_OBJECTS[random.pick(KEYS)];
  const object: ModelObject = {
    apiVersion: 'v1',
    kind,
    metadata: { name, ...random.pick(METADATA) },
    ...random.pick(kind === 'ConfigMap' ? CONFIG_MAPS : SERVICES),
  };
  const roll = random.integer(10);
  if (roll < 3) return { action: 'create', kind, name, object };
  if (roll < 7) return { action: 'replace', kind, name, object, conditions: conditionsFrom(random) };
  return { action: 'remove', kind, name, conditions: conditionsFrom(random) };
}

function conditionsFrom(random: Random): Conditions {
  return { uid: random.pick([0, 0, 0, -1, 1, 'madeUp']), resourceVersion: random.pick([0, 0, 0, -1, 1, 2, 'madeUp']) };
}

/** The real server wants a number; this one is long gone. */
const MADE_UP = { model: 'never-was', real: '1' };

/** The conditions as one of the two servers has to be told them. */
export function versionFor(
  { uid, resourceVersion }: Conditions,
  sightings: readonly Sighting[],
  server: 'model' | 'real',
): Partial<Version> {
  const at = (index: number): Version | undefined => sightings.at(-1 - index)?.[server];
  const chosenUid = uid === 'madeUp' ? 'never-was' : uid === -1 ? undefined : at(uid)?.uid;
  const chosenVersion =
    resourceVersion === 'madeUp'
      ? MADE_UP[server]
      : resourceVersion === -1
        ? undefined
        : at(resourceVersion)?.resourceVersion;
  return {
    ...(chosenUid === undefined ? {} : { uid: chosenUid }),
    ...(chosenVersion === undefined ? {} : { resourceVersion: chosenVersion }),
  };
}
