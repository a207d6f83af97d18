import type { Settings } from '../settings/index.ts';
import type { PodRequest } from './annotations.ts';
import { type ContainerEnv, hasVariable, readVariable } from './container-env.ts';
import type { Pod } from './pod.ts';
import type { AttributesText } from './resource-attributes.ts';
import { type Workload, WORKLOAD_KINDS } from './workload.ts';

/** A value that was derived, and where from, for a person. */
export interface Derived {
  readonly value: string;
  readonly source: string;
}

/** What of a Pod can name its service. */
export interface Namesake {
  readonly pod: Pod;
  readonly request: PodRequest;
  readonly workload: Workload;
  readonly settings: Settings;
}

/**
 * The name of a container's service. Source: OpenTelemetry semantic conventions, "Kubernetes attributes", the chain for
 * `service.name`; labels only if the setting allows.
 *
 * A bare Pod whose name is still to be generated lends the part that is known.
 */
export function deriveServiceName({ pod, request, workload, settings }: Namesake, container: string): Derived {
  // A block of YAML ends in a line break that nobody means.
  const annotated = request.attributes.get('service.name')?.trim() ?? '';
  if (annotated !== '') return { value: annotated, source: 'annotation resource.opentelemetry.io/service.name' };
  const labelled = labelValue(pod, settings, ['app.kubernetes.io/instance', 'app.kubernetes.io/name']);
  if (labelled !== undefined) return labelled;
  for (const kind of WORKLOAD_KINDS) {
    const owner = workload.find((candidate) => candidate.kind === kind);
    if (owner !== undefined) return { value: owner.name, source: `${kind} ${owner.name}` };
  }
  const generated = withoutSeparators(pod.metadata.generateName ?? '');
  const known = generated === '' ? (pod.metadata.name ?? '') : generated;
  return known === ''
    ? { value: container, source: `container ${container}` }
    : { value: known, source: `Pod ${known}` };
}

/** The text without the `-` and `.` at its end: a regular expression would look again at each of a long row of them. */
function withoutSeparators(text: string): string {
  let end = text.length;
  while (end > 0 && '-.'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** The first of the labels that the Pod has, if labels may decide. */
export function labelValue(pod: Pod, settings: Settings, labels: readonly string[]): Derived | undefined {
  if (!settings.useLabelsForResourceAttributes.value) return undefined;
  for (const label of labels) {
    const value = pod.metadata.labels?.[label] ?? '';
    if (value !== '') return { value, source: `label ${label}` };
  }
  return undefined;
}

/**
 * The name under which the application will report: what its own variables say, else the derived one; `undefined` if its
 * variables say something that cannot be read here.
 */
export function reportedServiceName(
  env: ContainerEnv,
  attributes: AttributesText,
  derived: Derived,
): Derived | undefined {
  const own = readVariable(env, 'OTEL_SERVICE_NAME');
  if (typeof own === 'string') return { value: own, source: 'OTEL_SERVICE_NAME of the container' };
  if (own === undefined || attributes.state === 'unreadable') return undefined;
  if (attributes.state === 'absent' || attributes.serviceName === null) {
    // An empty one of the container's own is no name, and keeps ours out.
    return hasVariable(env, 'OTEL_SERVICE_NAME') ? undefined : derived;
  }
  const { serviceName } = attributes;
  return serviceName === undefined || serviceName === ''
    ? undefined
    : { value: serviceName, source: 'OTEL_RESOURCE_ATTRIBUTES of the container' };
}
