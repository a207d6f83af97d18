import { isDeepStrictEqual } from 'node:util';
import { type ConfigKind, type Mistake, type ReadConfig, readConfigObject } from '../settings/index.ts';

/** Which object of the cluster, and which of its generations. */
export interface ConfigIdentity {
  readonly kind: ConfigKind;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  /** `metadata.generation`: what `observedGeneration` of a status refers to. */
  readonly generation: number;
}

/** An object as it was last seen. */
export interface SeenConfig extends ConfigIdentity {
  readonly read: ReadConfig;
}

/** What is wrong with an object that the API server has accepted. */
export interface ConfigProblem extends ConfigIdentity {
  /** `Invalid`: it is refused, and what it said before stays in force. `Ignored`: an object of that name never counts. */
  readonly reason: 'Invalid' | 'Ignored';
  /** Fields and what is allowed in them, one line, at most some 3,000 characters. */
  readonly message: string;
}

interface WatchedObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** What is kept of an object: what it says, or what is wrong with it. Never throws: an object must not get stuck. */
export function readSeen(kind: ConfigKind, object: WatchedObject): SeenConfig {
  const { name, namespace, uid, generation } = object.metadata;
  const identity = {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    generation: typeof generation === 'number' ? generation : 0,
  };
  try {
    return { ...identity, read: shorten(readConfigObject(kind, object)) };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    return { ...identity, read: { mistakes: [{ field: 'spec', message: `cannot be read: ${why}` }] } };
  }
}

/** The layer that was read before, if the new one says the same: a status or a label changes nothing. */
export function reuseLayer(before: ReadConfig | undefined, now: ReadConfig): ReadConfig {
  const isSame =
    before !== undefined && 'layer' in before && 'layer' in now && isDeepStrictEqual(before.layer.spec, now.layer.spec);
  return isSame ? before : now;
}

/** What a person reads of one object, and what may be kept of it for as long as it is there. */
const MOST_MISTAKES = 10;
const LONGEST_FIELD = 100;
const LONGEST_MESSAGE = 200;

function shorten(read: ReadConfig): ReadConfig {
  if ('layer' in read) return read;
  const shown = read.mistakes
    .slice(0, MOST_MISTAKES)
    .map(({ field, message }) => ({ field: cut(field, LONGEST_FIELD), message: cut(message, LONGEST_MESSAGE) }));
  const others = read.mistakes.length - shown.length;
  return { mistakes: others === 0 ? shown : [...shown, { field: 'spec', message: `has ${others} more mistakes` }] };
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

export function problemOf(
  reason: ConfigProblem['reason'],
  { read: _read, ...identity }: SeenConfig,
  mistakes: readonly Mistake[],
): ConfigProblem {
  return { ...identity, reason, message: mistakes.map(({ field, message }) => `${field}: ${message}`).join('; ') };
}
