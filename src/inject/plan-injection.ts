import { hash } from 'node:crypto';
import { STATUS_ANNOTATION } from './annotations.ts';
import { isDeepStrictEqual } from 'node:util';
import { type Candidate, readCandidate, type Target } from './candidate.ts';
import { caVolume, isCaKnown } from './certificate-authority.ts';
import { addsSidecar, firstSkip } from './checks.ts';
import { ContainerDraft } from './container-draft.ts';
import { candidateNotes, unseenNotes } from './notes.ts';
import { contentOperations } from './patch.ts';
import type { ContainerPlan, Injection, InjectionInput, InjectionPlan, Note, Skip, VolumePlan } from './plan.ts';
import type { Pod } from './pod.ts';
import { INJECTION_REASONS, SKIP_REASONS } from './reasons.ts';
import type { Endpoints } from './scope.ts';
import { deriveServiceName, reportedServiceName } from './service-name.ts';
import { AGENT_ENDPOINTS, planSidecar } from './sidecar.ts';
import { confirmedClaims, formatStatus, parseStatus, type Status, withoutClaims } from './status.ts';
import { VARIABLE_GROUPS } from './variables/index.ts';

/**
 * Decides on one Pod. Pure: the same input gives the same plan. Throws only if there is a mistake in this folder.
 *
 * A Pod that bears our status annotation is planned without what the annotation claims, as far as that is true, so that the
 * plan of an injected Pod is the plan of the Pod that it was.
 */
export function planInjection(input: InjectionInput): InjectionPlan {
  // The API server refuses such a Pod, but asks first: no more is read of it.
  if (annotationBytes(input.pod, '') > MOST_ANNOTATION_BYTES) return tooLong('AnnotationsTooLong');
  const claims = parseStatus(input.pod.metadata.annotations?.[STATUS_ANNOTATION]);
  const plan = claims === undefined ? planAfresh(input) : planDespite(input, claims);
  if (plan.outcome === 'skipped') return plan;
  if (contentOperations(input.pod, plan).next().done === true) return unchanged(plan);
  if (annotationBytes(input.pod, plan.status) > MOST_ANNOTATION_BYTES) return tooLong('AnnotationsTooLong');
  return addedLength(plan) > MOST_ADDED ? tooLong('PatchTooLong') : plan;
}

/** Half of what etcd stores of an object (1.5 MiB): the other half is the Pod's own. */
const MOST_ADDED = 786_432;
/** An entry's names, quotes and braces, in JSON. */
const ENTRY_LENGTH = 64;

function addedLength({ containers }: Injection): number {
  let length = 0;
  for (const { add, extend } of containers) {
    length += extend?.after.length ?? 0;
    for (const { entry } of add) length += ENTRY_LENGTH + entry.name.length + (entry.value?.length ?? 0);
  }
  return length;
}

/** All annotations of an object together, names and values. Source: k8s.io/apimachinery, TotalAnnotationSizeLimitB. */
const MOST_ANNOTATION_BYTES = 262_144;

/** With `status` in place of the status annotation that is there. Counts no further than it takes to know that it is too much. */
function annotationBytes({ metadata }: Pod, status: string): number {
  let bytes = STATUS_ANNOTATION.length + Buffer.byteLength(status);
  const annotations = metadata.annotations ?? {};
  for (const key in annotations) {
    if (key === STATUS_ANNOTATION) continue;
    bytes += Buffer.byteLength(`${key}${annotations[key]}`);
    if (bytes > MOST_ANNOTATION_BYTES) break;
  }
  return bytes;
}

function tooLong(reason: 'AnnotationsTooLong' | 'PatchTooLong'): Skip {
  return { outcome: 'skipped', check: 'status', reason, message: SKIP_REASONS[reason], warn: true };
}

function unchanged(plan: Injection): Injection {
  const had =
    plan.sidecar !== undefined || plan.containers.some(({ add, extend }) => add.length > 0 || extend !== undefined);
  const reason = had ? 'AlreadyInjected' : 'NothingToAdd';
  return { ...plan, outcome: 'unchanged', reason, message: INJECTION_REASONS[reason] };
}

/** Believes fewer of the claims until those that are left are true. Each round drops at least one. */
function planDespite(input: InjectionInput, claims: Status): InjectionPlan {
  let believed = claims;
  for (;;) {
    const pod = withoutClaims(input.pod, believed);
    const hasAgent = (pod.spec.initContainers?.length ?? 0) < (input.pod.spec.initContainers?.length ?? 0);
    const plan = planAfresh({ ...input, pod }, hasAgent);
    if (plan.outcome === 'skipped') return plan;
    const confirmed = confirmedClaims(input.pod, believed, plan);
    if (isDeepStrictEqual(confirmed, believed)) return plan;
    believed = confirmed;
  }
}

/** `hasAgent`: the Pod has an agent sidecar of ours, which is not shown to the plan. */
function planAfresh(input: InjectionInput, hasAgent = false): InjectionPlan {
  const candidate = readCandidate(input, hasAgent);
  return firstSkip(candidate) ?? inject(candidate);
}

function inject(candidate: Candidate): Injection {
  const { input, wanted } = candidate;
  const used = new Map<string, unknown>();
  const withSidecar = addsSidecar(candidate);
  const mode = withSidecar ? 'sidecar' : 'env';
  used.set(wanted.path, mode);
  const endpoints = withSidecar ? AGENT_ENDPOINTS : collectorEndpoints(candidate);
  const notes: Note[] = [...candidateNotes(candidate)];
  const containers = candidate.targets
    .filter(({ leftAlone }) => leftAlone === undefined)
    .map((target) => planContainer(candidate, target, endpoints, used, notes));
  const sidecar = withSidecar ? planSidecar(input, used) : undefined;
  const volumes = planVolumes(candidate, containers, sidecar?.container);
  const injection = {
    outcome: 'injected',
    reason: 'Injected',
    message: INJECTION_REASONS.Injected,
    mode,
    modeSource: mode === wanted.value ? wanted.source : `SidecarUnused, though ${wanted.source} says ${wanted.value}`,
    containers,
    volumes,
    ...(sidecar === undefined ? {} : { sidecar }),
    notes,
  } as const;
  return { ...injection, status: formatStatus(injection, configHash(used)) };
}

function collectorEndpoints({ settings: { collector, jaegerAgent } }: Candidate): Endpoints {
  return {
    grpc: collector.grpc,
    http: collector.http,
    jaegerHost: jaegerAgent.host,
    jaegerCompactPort: jaegerAgent.compactPort,
    jaegerBinaryPort: jaegerAgent.binaryPort,
    sidecar: false,
  };
}

function planContainer(
  candidate: Candidate,
  target: Target,
  endpoints: Endpoints,
  used: Map<string, unknown>,
  notes: Note[],
): ContainerPlan {
  const { container, env, attributes } = target;
  const draft = new ContainerDraft(container.name, env, candidate.skipEnv, used);
  const { input, request, workload, settings } = candidate;
  const derived = deriveServiceName({ pod: input.pod, request, workload, settings }, container.name);
  const serviceName = { derived, reported: reportedServiceName(env, attributes, derived) };
  for (const group of VARIABLE_GROUPS) group({ candidate, target, endpoints, serviceName, draft });
  notes.push(...draft.notes, ...unseenNotes(target, draft.added));
  return {
    name: container.name,
    list: target.list,
    language: target.language,
    add: [...draft.added.filter(({ front }) => front), ...draft.added.filter(({ front }) => !front)],
    keep: draft.kept,
    ...(draft.extended === undefined ? {} : { extend: draft.extended }),
    attributes: draft.attributes,
    mounts: draft.mounts,
  };
}

/** The CA's volume, if anything mounts it. */
function planVolumes(
  { settings, input }: Candidate,
  containers: readonly ContainerPlan[],
  sidecar: Readonly<Record<string, unknown>> | undefined,
): readonly VolumePlan[] {
  const ca = settings.collector.certificateAuthority.value;
  const mounted = containers.some(({ mounts }) => mounts.length > 0) || sidecar?.['volumeMounts'] !== undefined;
  return ca !== undefined && mounted && isCaKnown(ca, input.configMapKeys) ? [caVolume(ca)] : [];
}

/** Characters of the hash in the status annotation: 48 bits tell the settings of a cluster apart. */
const HASH_LENGTH = 12;

/** Hash over exactly the settings that entered the plan: equal hashes mean that a new Pod would be injected alike. */
function configHash(used: ReadonlyMap<string, unknown>): string {
  const entries = [...used.keys()].toSorted().map((path) => [path, used.get(path)]);
  return hash('sha256', JSON.stringify(entries)).slice(0, HASH_LENGTH);
}
