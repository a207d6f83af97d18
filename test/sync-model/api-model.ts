/**
 * A model of the API server, as small as a reconcile needs it: one namespace with ConfigMaps and Services in it, their uids,
 * resource versions, finalizers and preconditions. real-server.test.ts holds it against kube-apiserver, operation by operation.
 */

export interface ModelMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly finalizers?: readonly unknown[];
  readonly ownerReferences?: readonly unknown[];
  readonly deletionTimestamp?: string;
}

export type Kind = 'ConfigMap' | 'Service';

export interface ServiceSpec {
  readonly type: string;
  readonly externalName?: string;
  readonly ports?: readonly {
    readonly name?: string;
    readonly protocol?: string;
    readonly port: number;
    readonly targetPort?: number;
  }[];
  readonly sessionAffinity?: string;
}

/** An object as it is sent and stored. Values are never changed, only replaced. */
export interface ModelObject {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: ModelMetadata;
  readonly data?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
  readonly spec?: ServiceSpec;
}

export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export type Answer =
  | { readonly code: 200 | 201; readonly object: ModelObject }
  | { readonly code: 403 | 404 | 409 | 422; readonly reason: string };

/** What a watch says; without an object: deleted. */
export interface ModelEvent {
  readonly key: string;
  readonly object: ModelObject | undefined;
}

type NamespacePhase = 'active' | 'terminating' | 'gone';

export interface ModelServer {
  readonly create: (object: ModelObject) => Answer;
  readonly replace: (object: ModelObject) => Answer;
  readonly remove: (kind: Kind, name: string, preconditions: Preconditions) => Answer;
  readonly get: (kind: Kind, name: string) => ModelObject | undefined;
  readonly setNamespace: (phase: NamespacePhase) => void;
  /** For another server that goes on from here. */
  readonly snapshot: () => Snapshot;
}

export interface Snapshot {
  readonly stored: ReadonlyMap<string, ModelObject>;
  readonly phase: NamespacePhase;
  readonly revision: number;
}

const refuse = (code: 403 | 404 | 409 | 422, reason: string): Answer => ({ code, reason });
const NOT_FOUND = refuse(404, 'NotFound');
const CONFLICT = refuse(409, 'Conflict');

/** `onEvent` hears every change, in order. */
export function createModelServer(
  onEvent: (event: ModelEvent) => void = () => undefined,
  from: Snapshot = { stored: new Map(), phase: 'active', revision: 0 },
): ModelServer {
  const stored = new Map(from.stored);
  let { phase, revision } = from;

  function store(object: ModelObject): ModelObject {
    revision += 1;
    const metadata = { ...object.metadata, resourceVersion: String(revision) };
    const next = { ...object, metadata };
    stored.set(keyOf(object), next);
    onEvent({ key: keyOf(object), object: next });
    return next;
  }

  function drop(object: ModelObject): void {
    revision += 1;
    stored.delete(keyOf(object));
    onEvent({ key: keyOf(object), object: undefined });
  }

  function create(object: ModelObject): Answer {
    if (phase === 'gone') return NOT_FOUND;
    // Admission comes before storage: the name may even be taken.
    if (phase === 'terminating') return refuse(403, 'Forbidden');
    if (stored.has(keyOf(object))) return refuse(409, 'AlreadyExists');
    revision += 1;
    const metadata = { ...without(object.metadata, 'deletionTimestamp'), uid: `uid-${revision}` };
    return { code: 201, object: store({ ...withDefaults(object), metadata }) };
  }

  return {
    create,
    replace(object) {
      const found = stored.get(keyOf(object));
      const { uid, resourceVersion } = object.metadata;
      if (found === undefined) {
        // A PUT creates a Service, whatever resourceVersion it names: only a uid keeps it from that.
        if (object.kind === 'ConfigMap') return NOT_FOUND;
        return uid === undefined ? create(object) : CONFLICT;
      }
      if (uid !== undefined && uid !== found.metadata.uid) return CONFLICT;
      if (resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion) return CONFLICT;
      const { deletionTimestamp } = found.metadata;
      // Only a DELETE sets or takes back the time.
      const metadata = {
        ...without(object.metadata, 'deletionTimestamp'),
        ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
        ...(found.metadata.uid === undefined ? {} : { uid: found.metadata.uid }),
        ...(found.metadata.resourceVersion === undefined ? {} : { resourceVersion: found.metadata.resourceVersion }),
      };
      const next: ModelObject = { ...withDefaults(object), metadata };
      if (found.immutable === true && (next.immutable !== true || contentOf(next) !== contentOf(found)))
        return refuse(422, 'Invalid');
      if (deletionTimestamp !== undefined && !isHeld(next)) {
        drop(next);
        return { code: 200, object: next };
      }
      // Nothing is written where nothing would be different.
      return { code: 200, object: wholeOf(next) === wholeOf(found) ? found : store(next) };
    },
    remove(kind, name, { uid, resourceVersion }) {
      const found = stored.get(`${kind}/${name}`);
      if (found === undefined) return NOT_FOUND;
      if (uid !== undefined && uid !== found.metadata.uid) return CONFLICT;
      if (resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion) return CONFLICT;
      if (!isHeld(found)) {
        drop(found);
        return { code: 200, object: found };
      }
      if (found.metadata.deletionTimestamp !== undefined) return { code: 200, object: found };
      return { code: 200, object: store({ ...found, metadata: { ...found.metadata, deletionTimestamp: 'now' } }) };
    },
    get: (kind, name) => stored.get(`${kind}/${name}`),
    snapshot: () => ({ stored: new Map(stored), phase, revision }),
    setNamespace(next) {
      phase = next;
      if (next === 'gone') for (const object of stored.values()) drop(object);
    },
  };
}

export function keyOf({ kind, metadata }: ModelObject): string {
  return `${kind}/${metadata.name}`;
}

function isHeld({ metadata }: ModelObject): boolean {
  return (metadata.finalizers ?? []).length > 0;
}

type Removable = 'uid' | 'resourceVersion' | 'finalizers' | 'deletionTimestamp';

/** The metadata without some of its fields. */
export function without(metadata: ModelMetadata, ...fields: readonly Removable[]): ModelMetadata {
  const rest: { -readonly [Field in keyof ModelMetadata]: ModelMetadata[Field] } = { ...metadata };
  for (const field of fields) delete rest[field];
  return rest;
}

/** What the server fills in. */
function withDefaults(object: ModelObject): ModelObject {
  const { spec } = object;
  if (spec === undefined) return object;
  const ports = spec.ports?.map((port) => ({
    ...port,
    protocol: port.protocol ?? 'TCP',
    targetPort: port.targetPort ?? port.port,
  }));
  return { ...object, spec: { ...spec, sessionAffinity: 'None', ...(ports === undefined ? {} : { ports }) } };
}

/** Comparable: empty maps and lists are as good as none. */
export function contentOf({ data, spec }: ModelObject): string {
  return textOf({ data, spec });
}

function wholeOf({ metadata, data, spec, immutable }: ModelObject): string {
  return textOf({ metadata, data, spec, immutable });
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const entries = Object.entries(part).filter(([, each]) => !isEmpty(each));
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
