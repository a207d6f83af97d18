import type { Operation } from 'fast-json-patch';
import { STATUS_ANNOTATION } from './annotations.ts';
import type { ContainerPlan, Injection } from './plan.ts';
import type { Container, Pod } from './pod.ts';

/**
 * JSON Patch (RFC 6902) straight from a plan: add operations, and one replace for a value that is extended. This file alone
 * knows JSON Patch. What the Pod has already is passed over, so that the patch of an injected Pod is empty.
 */
export function patchOf(pod: Pod, plan: Injection): Operation[] {
  const operations = contentOperations(pod, plan);
  return operations.length === 0 ? [] : [...operations, statusOperation(pod, plan.status)];
}

/** The operations without the one that writes the status annotation. */
export function contentOperations(pod: Pod, plan: Injection): Operation[] {
  const operations: Operation[] = [];
  for (const planned of plan.containers) containerOperations(pod, planned, operations);
  const volumes = plan.volumes.filter(({ name }) => !(pod.spec.volumes ?? []).some((volume) => volume.name === name));
  append(
    '/spec/volumes',
    pod.spec.volumes,
    volumes.map(({ volume }) => volume),
    operations,
  );
  sidecarOperation(pod, plan, operations);
  return operations;
}

function containerOperations(pod: Pod, planned: ContainerPlan, operations: Operation[]): void {
  const list = pod.spec[planned.list] ?? [];
  const index = list.findIndex(({ name }) => name === planned.name);
  const container = list[index];
  if (container === undefined) return;
  const path = `/spec/${planned.list}/${index}`;
  extendOperation(container, planned, path, operations);
  envOperations(container, planned, path, operations);
  const mounts = planned.mounts.filter(
    ({ name }) => !(container.volumeMounts ?? []).some((mount) => mount.name === name),
  );
  append(`${path}/volumeMounts`, container.volumeMounts, mounts, operations);
}

/** Goes first: the places of entries are those of the Pod as it came. */
function extendOperation({ env }: Container, { extend }: ContainerPlan, path: string, operations: Operation[]): void {
  if (extend === undefined) return;
  const index = (env ?? []).findLastIndex(({ name }) => name === extend.name);
  const entry = env?.[index];
  if (entry === undefined || entry.value === extend.after) return;
  // The API server leaves out an empty value.
  const op = (entry.value ?? undefined) === undefined ? 'add' : 'replace';
  operations.push({ op, path: `${path}/env/${index}/value`, value: extend.after });
}

function envOperations({ env }: Container, { add }: ContainerPlan, path: string, operations: Operation[]): void {
  const present = new Set((env ?? []).map(({ name }) => name));
  const missing = add.filter(({ entry }) => !present.has(entry.name));
  if (present.size === 0) {
    append(
      `${path}/env`,
      undefined,
      missing.map(({ entry }) => entry),
      operations,
    );
    return;
  }
  missing
    .filter(({ front }) => front)
    .forEach(({ entry }, index) => operations.push({ op: 'add', path: `${path}/env/${index}`, value: entry }));
  append(
    `${path}/env`,
    env,
    missing.filter(({ front }) => !front).map(({ entry }) => entry),
    operations,
  );
}

/** Adds items to the end of a list, which is made if it is not there. */
function append(
  path: string,
  list: readonly unknown[] | null | undefined,
  items: readonly unknown[],
  operations: Operation[],
): void {
  if (items.length === 0) return;
  if (list === undefined || list === null || list.length === 0) operations.push({ op: 'add', path, value: items });
  else for (const value of items) operations.push({ op: 'add', path: `${path}/-`, value });
}

/** Goes last: it moves the places of other init containers. */
function sidecarOperation(pod: Pod, { sidecar }: Injection, operations: Operation[]): void {
  const list = pod.spec.initContainers ?? [];
  if (sidecar === undefined || list.some(({ name }) => name === sidecar.name)) return;
  const { container, index } = sidecar;
  if (list.length === 0) append('/spec/initContainers', list, [container], operations);
  else operations.push({ op: 'add', path: `/spec/initContainers/${index}`, value: container });
}

/** The annotation is ours: an older or a copied one is replaced. */
function statusOperation(pod: Pod, status: string): Operation {
  if ((pod.metadata.annotations ?? undefined) === undefined) {
    return { op: 'add', path: '/metadata/annotations', value: { [STATUS_ANNOTATION]: status } };
  }
  return { op: 'add', path: `/metadata/annotations/${STATUS_ANNOTATION.replace('/', '~1')}`, value: status };
}
