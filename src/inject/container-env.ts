import { expandReferences, type Lookup } from './expansion.ts';
import type { Container, EnvFromSource, EnvVar } from './pod.ts';

/** The variables that a container has before anything is added to it. */
export interface ContainerEnv {
  /** Entries of `env` by name; of duplicates the last, which is the one that counts. */
  readonly entries: ReadonlyMap<string, EnvEntry>;
  /** Names that stand in `env` more than once: what is between two of them refers to the first. */
  readonly repeated: ReadonlySet<string>;
  /** What known `envFrom` sources define. */
  readonly fromSources: SourceNames;
  /** `envFrom` sources whose names are not known. */
  readonly unseen: readonly UnseenSource[];
}

export interface EnvEntry {
  readonly index: number;
  readonly entry: EnvVar;
}

/** The names that known sources define, asked one by one: with a prefix each, sources could define millions. */
export interface SourceNames {
  /** The source that defines a name; of several the last, which is the one that counts. */
  readonly get: (name: string) => string | undefined;
  readonly has: (name: string) => boolean;
  /** Whether some name begins with `start`. */
  readonly anyBeginsWith: (start: string) => boolean;
}

export interface UnseenSource {
  readonly source: string;
  readonly prefix: string;
}

/** The names of a ConfigMap's keys in the Pod's namespace; `undefined` if they are not known. */
export type ConfigMapKeys = (configMap: string) => ReadonlySet<string> | undefined;

/** Reads a container's `env` and what is known of its `envFrom`. */
export function readContainerEnv(container: Container, configMapKeys: ConfigMapKeys): ContainerEnv {
  const entries = new Map<string, EnvEntry>();
  const repeated = new Set<string>();
  (container.env ?? []).forEach((entry, index) => {
    if (entries.has(entry.name)) repeated.add(entry.name);
    entries.set(entry.name, { index, entry });
  });
  const known = new Map<string, KnownSource>();
  const unseen = new Map<string, UnseenSource>();
  for (const source of container.envFrom ?? []) readSource(source, configMapKeys, known, unseen);
  return { entries, repeated, fromSources: namesOf([...known.values()]), unseen: [...unseen.values()] };
}

interface KnownSource extends UnseenSource {
  readonly keys: ReadonlySet<string>;
}

function namesOf(sources: readonly KnownSource[]): SourceNames {
  const defining = (name: string) =>
    sources.findLast(({ prefix, keys }) => name.startsWith(prefix) && keys.has(name.slice(prefix.length)));
  return {
    get: (name) => defining(name)?.source,
    has: (name) => defining(name) !== undefined,
    anyBeginsWith: (start) =>
      sources.some(({ prefix, keys }) => {
        if (prefix.startsWith(start)) return keys.size > 0;
        const rest = start.slice(prefix.length);
        return start.startsWith(prefix) && [...keys].some((key) => key.startsWith(rest));
      }),
  };
}

function readSource(
  { prefix, configMapRef, secretRef }: EnvFromSource,
  configMapKeys: ConfigMapKeys,
  known: Map<string, KnownSource>,
  unseen: Map<string, UnseenSource>,
): void {
  const before = prefix ?? '';
  const configMap = configMapRef?.name ?? '';
  const keys = configMap === '' ? undefined : configMapKeys(configMap);
  const secret = secretRef?.name ?? '';
  if (keys !== undefined) replace(known, { source: `ConfigMap ${configMap}`, prefix: before, keys });
  else if (configMap !== '') replace(unseen, { source: `ConfigMap ${configMap}`, prefix: before });
  if (secret !== '') replace(unseen, { source: `Secret ${secret}`, prefix: before });
}

/** A source that is named twice counts once, at its last place. */
function replace<T extends UnseenSource>(sources: Map<string, T>, source: T): void {
  const key = `${source.source} ${source.prefix}`;
  sources.delete(key);
  sources.set(key, source);
}

/** The container has this variable: `env` or a known `envFrom` source defines it. */
export function hasVariable(env: ContainerEnv, name: string): boolean {
  return env.entries.has(name) || env.fromSources.has(name);
}

/**
 * What the application will read, where that can be known: `null` if nothing defines the variable (or it is empty, which
 * OpenTelemetry takes for unset), `undefined` if its value comes from elsewhere.
 */
export function readVariable(env: ContainerEnv, name: string): string | null | undefined {
  const found = env.entries.get(name);
  if (found === undefined) return env.fromSources.has(name) ? undefined : null;
  if (isReference(found.entry)) return undefined;
  const text = expandAt(env, found, new Map());
  return text === '' ? null : text;
}

/** The entry's value comes from a field, a Secret, a ConfigMap. */
export function isReference(entry: EnvVar): boolean {
  return (entry.valueFrom ?? undefined) !== undefined;
}

/** Names that the kubelet defines for the Services of the namespace. */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT|PORT)(_|$)/;

/**
 * Longer texts count as unreadable. Linux takes no environment string of more than 128 KiB (MAX_ARG_STRLEN), and references
 * to references grow fast.
 */
const LONGEST_TEXT = 131_072;

/**
 * The text of a literal entry, with `opaque` in place of what cannot be known here; `undefined` if it is too long.
 */
export function expandAround(env: ContainerEnv, { entry, index }: EnvEntry, opaque: string): string | undefined {
  const lookup = referenceLookup(env, index, new Map());
  return expandReferences(
    entry.value ?? '',
    (name) => {
      const value = lookup(name);
      return value === undefined ? opaque : value;
    },
    LONGEST_TEXT,
  );
}

function expandAt(env: ContainerEnv, { entry, index }: EnvEntry, known: Expanded, depth = 0): string | undefined {
  if (known.has(entry.name)) return known.get(entry.name);
  if (depth > DEEPEST_REFERENCE) return undefined;
  const text = expandReferences(entry.value ?? '', referenceLookup(env, index, known, depth), LONGEST_TEXT);
  known.set(entry.name, text);
  return text;
}

/** What was expanded already: references to references would be followed again and again. */
type Expanded = Map<string, string | undefined>;

/** References to references beyond this depth count as unreadable: nobody writes them, and the stack has an end. */
const DEEPEST_REFERENCE = 100;

/** A reference of the entry at `index` reaches what stands before it in `env`, and all of `envFrom`. */
function referenceLookup(env: ContainerEnv, index: number, known: Expanded, depth = 0): Lookup {
  return (name) => {
    const target = env.entries.get(name);
    if (target === undefined || target.index >= index) {
      const elsewhere = env.fromSources.has(name) || env.unseen.length > 0 || SERVICE_LINK.test(name);
      return elsewhere || env.repeated.has(name) ? undefined : null;
    }
    return isReference(target.entry) ? undefined : expandAt(env, target, known, depth + 1);
  };
}
