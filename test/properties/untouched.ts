import type { Pod } from '../../src/inject/index.ts';
import { sameJson } from './same-json.ts';

const EXTENDED = 'OTEL_RESOURCE_ATTRIBUTES';
const STATUS = 'tracehook.io/status';

type EnvVar = NonNullable<Pod['spec']['containers'][number]['env']>[number];

interface Named {
  readonly name: string;
}

/**
 * Everything in `after` that differs from `before` other than by our having added to it: the promise that no field of the
 * user's is changed, moved or removed, but for the one value that may be extended. Written without any code of the product.
 */
export function changesToUserFields(before: Pod, after: Pod): string[] {
  const changes: string[] = [];
  compare({ ...before.metadata, annotations: {} }, { ...after.metadata, annotations: {} }, 'metadata', changes);
  const annotations = { ...after.metadata.annotations };
  for (const [key, value] of Object.entries(before.metadata.annotations ?? {})) {
    if (key !== STATUS) compare(value, annotations[key], `metadata.annotations[${key}]`, changes);
    delete annotations[key];
  }
  delete annotations[STATUS];
  compare({}, annotations, 'new annotations', changes);
  const { containers, initContainers, volumes, ...rest } = before.spec;
  const { containers: containersAfter, initContainers: initAfter, volumes: volumesAfter, ...restAfter } = after.spec;
  compare(rest, restAfter, 'spec', changes);
  compareLists(volumes ?? [], volumesAfter ?? [], 'volumes', changes, compare, /^tracehook-otlp-ca$/);
  compareLists(containers, containersAfter, 'containers', changes, compareContainer, /^$/);
  compareLists(initContainers ?? [], initAfter ?? [], 'initContainers', changes, compareContainer, /^tracehook-agent$/);
  return changes;
}

type Compare<T> = (before: T, after: T, where: string, changes: string[]) => void;

/** The user's items in their order; what is between them must be ours by name. */
function compareLists<T extends Named>(
  before: readonly T[],
  after: readonly T[],
  where: string,
  changes: string[],
  each: Compare<T>,
  ours: RegExp,
): void {
  let next = 0;
  for (const item of after) {
    const expected = before[next];
    if (expected !== undefined && expected.name === item.name) {
      each(expected, item, `${where}.${item.name}`, changes);
      next++;
    } else if (!ours.test(item.name)) {
      changes.push(`${where}: ${item.name} is new or moved`);
    }
  }
  if (next < before.length) changes.push(`${where}: ${before[next]?.name} is gone or moved`);
}

const OUR_VARIABLES = /^(OTEL|JAEGER|TRACEHOOK)_[A-Z_]+$/;

function compareContainer(
  before: Pod['spec']['containers'][number],
  after: Pod['spec']['containers'][number],
  where: string,
  changes: string[],
): void {
  const { env, volumeMounts, ...rest } = before;
  const { env: envAfter, volumeMounts: mountsAfter, ...restAfter } = after;
  compare(rest, restAfter, where, changes);
  compareLists(volumeMounts ?? [], mountsAfter ?? [], `${where}.volumeMounts`, changes, compare, /^tracehook-otlp-ca$/);
  compareLists(env ?? [], envAfter ?? [], `${where}.env`, changes, compareVariable, OUR_VARIABLES);
}

function compareVariable(before: EnvVar, after: EnvVar, where: string, changes: string[]): void {
  const extended =
    before.name === EXTENDED &&
    (before.valueFrom ?? undefined) === undefined &&
    (after.value ?? '').startsWith(before.value ?? '');
  if (!extended) compare(before, after, where, changes);
}

function compare(before: unknown, after: unknown, where: string, changes: string[]): void {
  if (!sameJson(before, after)) changes.push(`${where}: was ${JSON.stringify(before)}, is ${JSON.stringify(after)}`);
}
