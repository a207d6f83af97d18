import type { Setting } from '../../settings/index.ts';
import type { Candidate, Target } from '../candidate.ts';
import { settingSource } from '../container-draft.ts';
import { imageVersion } from '../image.ts';
import { appendAttributes, encodeAttribute } from '../resource-attributes.ts';
import type { Scope } from '../scope.ts';
import { labelValue } from '../service-name.ts';
import type { WorkloadKind } from '../workload.ts';

const VARIABLE = 'OTEL_RESOURCE_ATTRIBUTES';

/** `OTEL_RESOURCE_ATTRIBUTES`: what is missing of annotations › Kubernetes › configured, sorted. */
export function resourceAttributes(scope: Scope): void {
  const { candidate, target, draft } = scope;
  const own = target.attributes;
  if (own.state === 'unreadable') return draft.keep(VARIABLE, 'ValueNotReadable');
  if (own.state === 'readable' && own.malformed) draft.note('AttributesMalformed');
  if (draft.skips([VARIABLE])) return;
  const present = own.state === 'readable' ? own.keys : new Set<string>();
  const attributes = collect(candidate, target);
  const before = own.state === 'readable' ? own.index : undefined;
  for (const [key, attribute] of [...attributes].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (present.has(key)) continue;
    const value = attribute.value(scope, before);
    if (value === undefined) continue;
    draft.attributes.push({ key, value, source: attribute.source });
    if (attribute.uses !== undefined) draft.use(attribute.uses);
  }
  const pairs = draft.attributes.map(({ key, value }) => `${key}=${value}`);
  // Only beside a text of the container's own: the namespace, for one, is always known.
  if (pairs.length === 0) return draft.keep(VARIABLE, 'UserDefined');
  const source = `${pairs.length} attributes`;
  const whole = own.state === 'absent' ? pairs.join(',') : appendAttributes(own.text, pairs);
  if (Buffer.byteLength(whole) > LONGEST_VARIABLE) {
    draft.attributes.length = 0;
    if (own.state === 'readable') draft.keep(VARIABLE, 'UserDefined');
    return draft.note('AttributesTooLong');
  }
  if (own.state === 'absent') {
    draft.offer([{ name: VARIABLE, value: whole, source }]);
  } else {
    draft.extended = { name: VARIABLE, before: own.text, after: whole, source };
  }
}

/** Linux starts no process with a longer environment string than 128 KiB; half of it leaves room for what references bring. */
const LONGEST_VARIABLE = 65_536;

interface Attribute {
  /** Encoded text; may need a helper variable in front of `before`, and be impossible without it. */
  readonly value: (scope: Scope, before: number | undefined) => string | undefined;
  readonly source: string;
  readonly uses?: Setting<unknown>;
}

/** All attributes, by key: the later layers win. */
function collect(candidate: Candidate, target: Target): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const [key, setting] of candidate.settings.resourceAttributes) {
    attributes.set(key, { ...literal(setting.value, settingSource(setting)), uses: setting });
  }
  for (const [key, attribute] of kubernetes(candidate, target)) attributes.set(key, attribute);
  for (const [key, value] of candidate.request.attributes) {
    if (key !== 'service.name') attributes.set(key, literal(value, `annotation resource.opentelemetry.io/${key}`));
  }
  return attributes;
}

function literal(value: string, source: string): Attribute {
  return { value: () => encodeAttribute(value), source };
}

/** A field of the Pod that is known only when it runs: a reference, within a text. */
function field(
  helper: string,
  fieldPath: string,
  text: (reference: string) => string = (reference) => reference,
): Attribute {
  return {
    value({ draft }, before) {
      const reference = draft.helper(helper, fieldPath, before);
      return reference === undefined ? undefined : text(reference);
    },
    source: `the Pod's ${fieldPath}`,
  };
}

const WORKLOAD_ATTRIBUTES: Readonly<Partial<Record<WorkloadKind, string>>> = {
  Deployment: 'k8s.deployment.name',
  ReplicaSet: 'k8s.replicaset.name',
  StatefulSet: 'k8s.statefulset.name',
  DaemonSet: 'k8s.daemonset.name',
  CronJob: 'k8s.cronjob.name',
  Job: 'k8s.job.name',
};

/** Source: OpenTelemetry semantic conventions, "Kubernetes" resource and attribute derivation. */
function* kubernetes({ input, workload, settings }: Candidate, { container }: Target): Generator<[string, Attribute]> {
  const { namespace, pod } = input;
  const labels = settings.useLabelsForResourceAttributes;
  yield ['k8s.namespace.name', literal(namespace, 'namespace')];
  yield ['k8s.pod.name', field('TRACEHOOK_POD_NAME', 'metadata.name')];
  yield ['k8s.pod.uid', field('TRACEHOOK_POD_UID', 'metadata.uid')];
  yield ['k8s.node.name', field('TRACEHOOK_NODE_NAME', 'spec.nodeName')];
  yield ['k8s.container.name', literal(container.name, 'container')];
  for (const { kind, name } of workload) {
    const attribute = WORKLOAD_ATTRIBUTES[kind];
    if (attribute !== undefined) yield [attribute, literal(name, `${kind} ${name}`)];
  }
  const group = labelValue(pod, settings, ['app.kubernetes.io/part-of']);
  yield ['service.namespace', { ...literal(group?.value ?? namespace, group?.source ?? 'namespace'), uses: labels }];
  const instance = (name: string) => `${encodeAttribute(namespace)}.${name}.${encodeAttribute(container.name)}`;
  yield ['service.instance.id', field('TRACEHOOK_POD_NAME', 'metadata.name', instance)];
  const labelled = labelValue(pod, settings, ['app.kubernetes.io/version']);
  const version = labelled?.value ?? imageVersion(container.image);
  if (version !== undefined)
    yield ['service.version', { ...literal(version, labelled?.source ?? 'image'), uses: labels }];
}
