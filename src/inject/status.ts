import { isRecord } from '../record.ts';
import { isDeepStrictEqual } from 'node:util';
import type { Injection } from './plan.ts';
import type { Container, EnvVar, Pod } from './pod.ts';
import { isAgent } from './sidecar.ts';

/**
 * The status annotation: what we added to a Pod. It is a claim: its author may have copied it, so that at admission it counts
 * only as far as the Pod bears it out.
 */
export interface Status {
  readonly mode: string;
  /** Hash of the settings that entered the plan. */
  readonly config: string;
  readonly containers: Readonly<Record<string, ContainerStatus>>;
  readonly volumes?: readonly string[];
  readonly sidecar?: string;
}

export interface ContainerStatus {
  readonly env: readonly string[];
  /** Variables of the user's that were extended, and how many characters of their value are his. */
  readonly extended?: Readonly<Record<string, number>>;
  readonly mounts?: readonly string[];
}

/** Writes the annotation's value for a plan. */
export function formatStatus(
  plan: Pick<Injection, 'mode' | 'containers' | 'volumes' | 'sidecar'>,
  config: string,
): string {
  const containers = plan.containers.map(({ name, add, extend, mounts }) => {
    const status: ContainerStatus = {
      env: add.map(({ entry }) => entry.name),
      ...(extend === undefined ? {} : { extended: { [extend.name]: extend.before.length } }),
      ...(mounts.length === 0 ? {} : { mounts: mounts.map((mount) => mount.name) }),
    };
    return [name, status] as const;
  });
  const status: Status = {
    mode: plan.mode,
    config,
    containers: Object.fromEntries(containers),
    ...(plan.volumes.length === 0 ? {} : { volumes: plan.volumes.map(({ name }) => name) }),
    ...(plan.sidecar === undefined ? {} : { sidecar: plan.sidecar.name }),
  };
  return JSON.stringify(status);
}

/** What the API server takes of all annotations together: a longer one was never written by us. */
const LONGEST_STATUS = 262_144;

/** Reads an annotation's value; `undefined` if it is not one of ours. */
export function parseStatus(text: string | undefined): Status | undefined {
  if (text === undefined || text.length > LONGEST_STATUS) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isStatus(value) ? value : undefined;
}

function isStatus(value: unknown): value is Status {
  if (!isRecord(value) || typeof value['mode'] !== 'string' || typeof value['config'] !== 'string') return false;
  const { containers, volumes = [], sidecar = '' } = value;
  return (
    isRecord(containers) &&
    Object.values(containers).every(isContainerStatus) &&
    isNames(volumes) &&
    typeof sidecar === 'string'
  );
}

function isContainerStatus(value: unknown): boolean {
  if (!isRecord(value) || !isNames(value['env']) || !isNames(value['mounts'] ?? [])) return false;
  const extended = value['extended'] ?? {};
  return (
    isRecord(extended) && Object.values(extended).every((length) => Number.isSafeInteger(length) && Number(length) >= 0)
  );
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

/** The Pod as it was before what the status claims was added. Lists and maps that are then empty are left out. */
export function withoutClaims(pod: Pod, status: Status): Pod {
  const { containers, initContainers, volumes, ...spec } = pod.spec;
  const strip = (container: Container) => stripContainer(container, claimOf(status, container.name));
  const init = (initContainers ?? []).filter((container) => !(status.sidecar === container.name && isAgent(container)));
  const claimed = new Set(status.volumes);
  const kept = (volumes ?? []).filter(({ name }) => !claimed.has(name));
  return {
    ...pod,
    spec: {
      ...spec,
      containers: containers.map(strip),
      ...(init.length === 0 ? {} : { initContainers: init.map(strip) }),
      ...(kept.length === 0 ? {} : { volumes: kept }),
    },
  };
}

function stripContainer(container: Container, claim: ContainerStatus | undefined): Container {
  if (claim === undefined) return container;
  const { env, volumeMounts, ...rest } = container;
  // Sets: a Pod and a claim may have a hundred thousand names each.
  const claimed = { env: new Set(claim.env), mounts: new Set(claim.mounts) };
  const others = (env ?? []).filter(({ name }) => !claimed.env.has(name));
  const kept = claim.extended === undefined ? others : shortenLast(others, claim);
  const mounts = (volumeMounts ?? []).filter(({ name }) => !claimed.mounts.has(name));
  return {
    ...rest,
    ...(kept.length === 0 ? {} : { env: kept }),
    ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
  };
}

/** Of entries of one name the last is the one that counts, and so the one that was extended. */
function shortenLast(entries: readonly EnvVar[], claim: ContainerStatus): EnvVar[] {
  const seen = new Set<string>();
  const backwards = entries.toReversed().map((entry) => {
    if (seen.has(entry.name)) return entry;
    seen.add(entry.name);
    return shorten(entry, claim);
  });
  return backwards.toReversed();
}

function shorten(entry: EnvVar, claim: ContainerStatus): EnvVar {
  const { extended = {} } = claim;
  // A variable may be named as a property that every object has.
  const length = Object.hasOwn(extended, entry.name) ? extended[entry.name] : undefined;
  if (length === undefined || entry.value === undefined || entry.value === null) return entry;
  const value = entry.value.slice(0, length);
  const { value: _all, ...rest } = entry;
  return value === '' ? rest : { ...rest, value };
}

/** What of the claims a Pod and a plan, made without them, bear out: the same names with the same values. */
export function confirmedClaims(pod: Pod, status: Status, plan: Injection): Status {
  const containers: [string, ContainerStatus][] = [];
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    const claim = claimOf(status, container.name);
    const planned = plan.containers.find(({ name }) => name === container.name);
    if (claim === undefined || planned === undefined) continue;
    const actual = new Map((container.env ?? []).map((entry) => [entry.name, entry]));
    const env = claim.env.filter((name) => {
      const added = planned.add.find(({ entry }) => entry.name === name);
      return added !== undefined && isDeepStrictEqual(actual.get(name), added.entry);
    });
    const { extend } = planned;
    const isExtended =
      extend !== undefined &&
      actual.get(extend.name)?.value === extend.after &&
      claim.extended?.[extend.name] === extend.before.length;
    const mounts = [...new Set(claim.mounts)].filter((name) => {
      // Only what is planned is looked for in the Pod, however much is claimed.
      if (!planned.mounts.some((ours) => ours.name === name)) return false;
      const isSame = (mount: { name: string; mountPath: string }) =>
        planned.mounts.some((ours) => mount.name === ours.name && mount.mountPath === ours.mountPath);
      return (container.volumeMounts ?? []).filter((mount) => mount.name === name).every(isSame);
    });
    const confirmed = {
      env,
      ...(isExtended ? { extended: { [extend.name]: extend.before.length } } : {}),
      ...(mounts.length === 0 ? {} : { mounts }),
    };
    containers.push([container.name, confirmed]);
  }
  const volumes = [...new Set(status.volumes)].filter((name) => {
    const ours = plan.volumes.find((volume) => volume.name === name);
    if (ours === undefined) return false;
    const actual = (pod.spec.volumes ?? []).find((volume) => volume.name === name);
    return actual === undefined || covers(actual, ours.volume);
  });
  return {
    mode: status.mode,
    config: status.config,
    containers: Object.fromEntries(containers),
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(status.sidecar === undefined ? {} : { sidecar: status.sidecar }),
  };
}

/** Every field of `expected` is in `actual`, which may have more: the API server fills in defaults. */
function covers(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, index) => covers(actual[index], item))
    );
  }
  if (!isRecord(expected)) return actual === expected;
  return isRecord(actual) && Object.entries(expected).every(([key, value]) => covers(actual[key], value));
}

function claimOf({ containers }: Status, name: string): ContainerStatus | undefined {
  return Object.hasOwn(containers, name) ? containers[name] : undefined;
}
