import type { Operation } from 'fast-json-patch';
import { STATUS_ANNOTATION } from './annotations.ts';
import type { ContainerPlan, Injection } from './plan.ts';
import type { Container, Pod } from './pod.ts';

/**
 * JSON Patch (RFC 6902) straight from a plan: add operations, and one replace for a value that is extended. This file alone
 * knows JSON Patch. What the Pod has already is passed over, so that the patch of an injected Pod is empty.
 */
export function patchOf(pod: Pod, plan: Injection): Operation[] {
  const operations = [...contentOperations(pod, plan)];
  if (operations.length > 0) operations.push(statusOperation(pod, plan.status));
  return operations;
}

/** The operations without the one that writes the status annotation; whoever only asks whether there are any stops at the first. */
export function* contentOperations(pod: Pod, plan: Injection): Generator<Operation, void> {
  for (const planned of plan.containers) yield* containerOperations(pod, planned);
  if (plan.volumes.length > 0) {
    const missing = plan.volumes.filter(({ name }) => !(pod.spec.volumes ?? []).some((volume) => volume.name === name));
    yield* append(
      '/spec/volumes',
      pod.spec.volumes,
      missing.map(({ volume }) => volume),
    );
  }
  yield* sidecarOperation(pod, plan);
}

function* containerOperations(pod: Pod, planned: ContainerPlan): Generator<Operation, void> {
  const list = pod.spec[planned.list] ?? [];
  const index = list.findIndex(({ name }) => name === planned.name);
  const container = list[index];
  if (container === undefined) return;
  const path = `/spec/${planned.list}/${index}`;
  yield* extendOperation(container, planned, path);
  yield* envOperations(container, planned, `${path}/env`);
  if (planned.mounts.length === 0) return;
  const mounts = planned.mounts.filter(
    ({ name }) => !(container.volumeMounts ?? []).some((mount) => mount.name === name),
  );
  yield* append(`${path}/volumeMounts`, container.volumeMounts, mounts);
}

/** Goes first: the places of entries are those of the Pod as it came. */
function* extendOperation({ env }: Container, { extend }: ContainerPlan, path: string): Generator<Operation, void> {
  if (extend === undefined) return;
  const index = (env ?? []).findLastIndex(({ name }) => name === extend.name);
  const entry = env?.[index];
  if (entry === undefined || entry.value === extend.after) return;
  // The API server leaves out an empty value.
  const op = (entry.value ?? undefined) === undefined ? 'add' : 'replace';
  yield { op, path: `${path}/env/${index}/value`, value: extend.after };
}

function* envOperations({ env }: Container, { add }: ContainerPlan, path: string): Generator<Operation, void> {
  if (env === undefined || env === null || env.length === 0) {
    yield* append(
      path,
      undefined,
      add.map(({ entry }) => entry),
    );
    return;
  }
  const present = new Set<string>();
  for (const { name } of env) present.add(name);
  const end = `${path}/-`;
  let front = 0;
  // Those that go in front come first in a plan.
  for (const { entry, front: isFront } of add) {
    if (present.has(entry.name)) continue;
    yield { op: 'add', path: isFront ? `${path}/${front++}` : end, value: entry };
  }
}

/** Adds items to the end of a list, which is made if it is not there. */
function* append(
  path: string,
  list: readonly unknown[] | null | undefined,
  items: readonly unknown[],
): Generator<Operation, void> {
  if (items.length === 0) return;
  if (list === undefined || list === null || list.length === 0) yield { op: 'add', path, value: items };
  else for (const value of items) yield { op: 'add', path: `${path}/-`, value };
}

/** Goes last: it moves the places of other init containers. */
function* sidecarOperation(pod: Pod, { sidecar }: Injection): Generator<Operation, void> {
  const list = pod.spec.initContainers ?? [];
  if (sidecar === undefined || list.some(({ name }) => name === sidecar.name)) return;
  const { container, index } = sidecar;
  if (list.length === 0) yield { op: 'add', path: '/spec/initContainers', value: [container] };
  else yield { op: 'add', path: `/spec/initContainers/${index}`, value: container };
}

/** The annotation is ours: an older or a copied one is replaced. */
function statusOperation(pod: Pod, status: string): Operation {
  if ((pod.metadata.annotations ?? undefined) === undefined) {
    return { op: 'add', path: '/metadata/annotations', value: { [STATUS_ANNOTATION]: status } };
  }
  return { op: 'add', path: `/metadata/annotations/${STATUS_ANNOTATION.replace('/', '~1')}`, value: status };
}
