import { isDeepStrictEqual } from 'node:util';
import { isFailure, type KubeTransport } from '../kube/index.ts';
import { isRecord } from '../record.ts';
import { type ConfigKind, configPath } from '../settings/index.ts';
import type { Condition } from '../sync/index.ts';

export interface StatusParts {
  readonly transport: KubeTransport;
  readonly mayWrite: () => boolean;
  readonly countStatusWrite: (outcome: 'done' | 'failed') => void;
  /** Milliseconds since 1970; Date.now if absent. */
  readonly now?: () => number;
}

/** Which object a status is of. */
export interface StatusOwner {
  readonly kind: ConfigKind;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  /** What the status is about. */
  readonly generation: number;
}

/** `now` in RFC 3339. */
export type MakeConditions = (before: readonly Condition[], now: string) => readonly Condition[];

/** Writes what became of configuration objects into them. */
export interface StatusWriter {
  /**
   * Brings the status of an object in order; nothing is written, and the object not even read, where all was said before.
   * `conditions` makes them from those before; `more` stands beside them. @throws KubeError
   */
  readonly write: (owner: StatusOwner, conditions: MakeConditions, more?: object) => Promise<void>;
  /** What was said is not known any more: another replica may have said something else since. */
  readonly reset: () => void;
  /** The object is gone. */
  readonly forget: (owner: Pick<StatusOwner, 'kind' | 'namespace' | 'name'>) => void;
}

export function createStatusWriter({
  transport,
  mayWrite,
  countStatusWrite,
  now = Date.now,
}: StatusParts): StatusWriter {
  /** What was said last, by object: only of those that were said anything. */
  const said = new Map<string, { readonly uid: string; readonly status: Readonly<Record<string, unknown>> }>();

  async function read(owner: StatusOwner): Promise<Readonly<Record<string, unknown>> | undefined> {
    try {
      const object = await transport.call({ method: 'GET', path: pathOf(owner) });
      const metadata = isRecord(object) ? object['metadata'] : undefined;
      // Another one of the same name has its own turn.
      if (!isRecord(metadata) || metadata['uid'] !== owner.uid) return undefined;
      const status = isRecord(object) ? object['status'] : undefined;
      return isRecord(status) ? status : {};
    } catch (error) {
      if (isFailure(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  return {
    async write(owner, makeConditions, more = {}) {
      const key = keyOf(owner);
      const known = said.get(key);
      const before = known?.uid === owner.uid ? known.status : await read(owner);
      if (before === undefined) return;
      const at = new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z');
      const conditions = makeConditions(conditionsOf(before), at);
      const status = { ...before, ...more, observedGeneration: owner.generation, conditions };
      if (!isDeepStrictEqual(status, before)) {
        try {
          await transport.call({
            method: 'PATCH',
            path: `${pathOf(owner)}/status`,
            query: { fieldManager: 'tracehook' },
            contentType: 'application/merge-patch+json',
            // With the uid: never into another object of the same name.
            body: { metadata: { uid: owner.uid }, status },
            mayBegin: mayWrite,
          });
          countStatusWrite('done');
        } catch (error) {
          said.delete(key);
          if (isFailure(error, 'NotFound', 'Conflict')) return;
          countStatusWrite('failed');
          throw error;
        }
      }
      said.set(key, { uid: owner.uid, status });
    },
    reset: () => said.clear(),
    forget: (owner) => void said.delete(keyOf(owner)),
  };
}

function keyOf({ kind, namespace = '', name }: Pick<StatusOwner, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}

function pathOf({ kind, namespace, name }: StatusOwner): string {
  return `${configPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

/** Those of a status that are as we write them; others are written anew. */
function conditionsOf(status: Readonly<Record<string, unknown>>): readonly Condition[] {
  const list = status['conditions'];
  return Array.isArray(list) ? list.filter(isCondition) : [];
}

function isCondition(value: unknown): value is Condition {
  return (
    isRecord(value) &&
    ['type', 'status', 'reason', 'message', 'lastTransitionTime'].every((field) => typeof value[field] === 'string')
  );
}
