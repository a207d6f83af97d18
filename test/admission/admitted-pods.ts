/**
 * Generated Pods through a real API server that calls the webhook: created with it and without it, in dry runs. What differs
 * between the two must be what the plan says, and nothing else.
 */
import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { patchOf, planInjection, type Pod } from '../../src/inject/index.ts';
import type { Configuration } from '../../src/settings/index.ts';
import { ApiError } from '../control-plane/api-error.ts';
import type { KubernetesObject } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { validPod } from '../properties/generated-pods.ts';
import { covers, sameJson } from '../properties/same-json.ts';
import { changesToUserFields } from '../properties/untouched.ts';
import { configurationFrom, makeNamespace, registerWebhook } from './webhook-on-plane.ts';

/** One namespace with headers, which an agent sidecar cannot send, and one where sidecars are added. */
const CONFIGURATION = `
apiVersion: tracehook.io/v1alpha1
kind: ClusterTracingConfig
metadata: {name: default}
spec:
  collector:
    grpc: http://$(TRACEHOOK_NODE_IP):4317
    http: https://collector.tracing:4318
    certificateAuthority: {configMap: known, key: ca.crt}
  jaegerAgent: {enabled: true, host: agent.tracing}
  propagators: [tracecontext, baggage, b3]
  resourceAttributes: {deployment.environment.name: 'prod, "one"'}
  sampling:
    live: true
    default: {type: probabilistic, param: 0.1}
---
apiVersion: tracehook.io/v1alpha1
kind: TracingConfig
metadata: {name: default, namespace: with-headers}
spec:
  collector:
    headersFrom: {name: tokens, key: headers}
---
apiVersion: tracehook.io/v1alpha1
kind: TracingConfig
metadata: {name: default, namespace: with-sidecars}
spec:
  mode: sidecar
  collector: {grpc: "https://collector.tracing:4317"}
${['with-headers', 'with-sidecars'].map(knownIn).join('')}`;

function knownIn(namespace: string): string {
  return `---
apiVersion: v1
kind: ConfigMap
metadata: {name: known, namespace: ${namespace}}
data: {FIRST: a, OTEL_PROPAGATORS: b, ca.crt: c}
`;
}

const NAMESPACES = ['with-headers', 'with-sidecars'] as const;
const PLAIN = 'plain';

export interface AdmittedPods {
  /** Pods that the API server takes, with the webhook and without it. */
  readonly created: number;
  readonly reasons: Readonly<Record<string, number>>;
  /** Of the injected: those with an agent sidecar. */
  readonly sidecars: number;
  /** Pods that it takes in neither way, which show nothing. */
  readonly refused: number;
  readonly failure?: { readonly mistake: string; readonly seed: number; readonly path: string; readonly example: Pod };
}

interface Run {
  readonly pods: number;
  readonly seed: number;
  /** Pods that are on their way at the same time. */
  readonly inFlight: number;
  /** Called after each Pod. */
  readonly tell?: (created: number) => void;
  readonly signal?: AbortSignal;
}

/** Has `pods` Pods created, beside those that are refused for what they are. Ends early if one fails. */
export async function admitPods(
  plane: ControlPlane,
  { pods, seed, inFlight, tell, signal }: Run,
): Promise<AdmittedPods> {
  const registered = await registerWebhook(plane, { yaml: CONFIGURATION });
  try {
    for (const namespace of NAMESPACES) await makeNamespace(plane, namespace, 'enabled');
    await makeNamespace(plane, PLAIN);
    const configuration = configurationFrom(CONFIGURATION);
    const counts = { created: 0, sidecars: 0, refused: 0, reasons: {} as Record<string, number> };
    let failed = false;
    const lane = async (index: number): Promise<AdmittedPods['failure']> => {
      const property = fc.asyncProperty(validPod, fc.constantFrom(...NAMESPACES), async (pod, namespace) => {
        signal?.throwIfAborted();
        const outcome = await admit(plane, pod, namespace, configuration).catch((error: unknown) => {
          failed = true;
          throw error;
        });
        if (outcome === undefined) counts.refused++;
        fc.pre(outcome !== undefined);
        if (outcome === undefined || failed) return;
        counts.created++;
        counts.reasons[outcome.reason] = (counts.reasons[outcome.reason] ?? 0) + 1;
        if (outcome.sidecar) counts.sidecars++;
        tell?.(counts.created);
      });
      const numRuns = Math.floor(pods / inFlight) + (index < pods % inFlight ? 1 : 0);
      const details = await fc.check(property, { seed: seed + index, numRuns });
      signal?.throwIfAborted();
      if (!details.failed) return undefined;
      const [example = { metadata: {}, spec: { containers: [] } }] = details.counterexample ?? [];
      const { errorInstance: error, counterexamplePath: path } = details;
      return {
        mistake: error instanceof Error ? error.message : String(error),
        seed: seed + index,
        path: path ?? '',
        example,
      };
    };
    const failures = await Promise.all(Array.from({ length: inFlight }, (_, index) => lane(index)));
    const failure = failures.find((found) => found !== undefined);
    return { ...counts, ...(failure === undefined ? {} : { failure }) };
  } finally {
    await registered.stop();
  }
}

/** `undefined`: the API server does not take this Pod. Throws what is wrong. */
async function admit(
  plane: ControlPlane,
  pod: Pod,
  namespace: string,
  configuration: Configuration,
): Promise<{ readonly reason: string; readonly sidecar: boolean } | undefined> {
  const plain = await dryRun(plane, pod, PLAIN);
  if (plain === undefined) return undefined;
  const created = await dryRun(plane, pod, namespace);
  if (created === undefined) throw new Error('the API server refuses the Pod with our patch in it');
  const [before, after] = [comparable(plain), comparable(created)];
  const changes = changesToUserFields(before, after);
  if (changes.length > 0) throw new Error(`fields of the user are changed: ${changes.join('; ')}`);
  const { settings, configMapKeys } = configuration.forNamespace(namespace);
  const plan = planInjection({ pod: before, namespace, optIn: 'enabled', settings, configMapKeys });
  const patch = plan.outcome === 'skipped' ? [] : patchOf(before, plan);
  const expected = jsonPatch.applyPatch(structuredClone(before), structuredClone(patch)).newDocument;
  // The API server fills in defaults of what we added, so that there may be more.
  if (!covers(after, expected)) {
    throw new Error(`the Pod is ${JSON.stringify(after)}, while the plan makes ${JSON.stringify(expected)}`);
  }
  if (patch.length > 0) {
    const again = await dryRun(plane, after, namespace);
    if (again === undefined || !sameJson(comparable(again), after))
      throw new Error(`a second review makes ${JSON.stringify(again)} of ${JSON.stringify(after)}`);
  }
  return { reason: plan.reason, sidecar: plan.outcome === 'injected' && plan.sidecar !== undefined };
}

type PodObject = KubernetesObject & Pod;

/** The Pod as it would be stored; `undefined` if the API server refuses it for what it is. */
async function dryRun(plane: ControlPlane, pod: Pod, namespace: string): Promise<PodObject | undefined> {
  const metadata = { ...pod.metadata, namespace };
  try {
    const object = { apiVersion: 'v1', kind: 'Pod', ...pod, metadata } as unknown as PodObject;
    return (await plane.client.create(object, { dryRun: true })).object;
  } catch (error) {
    if (error instanceof ApiError && error.status === 422) return undefined;
    throw error;
  }
}

/** Without what the API server writes for itself, and differs each time. */
function comparable({ metadata, spec }: PodObject): Pod {
  const { name, generateName, labels, annotations, ownerReferences } = metadata;
  const token = /^kube-api-access-/;
  const strip = (container: Pod['spec']['containers'][number]) => ({
    ...container,
    volumeMounts: (container.volumeMounts ?? []).filter((mount) => !token.test(mount.name)),
  });
  const named = generateName === undefined || generateName === null ? { name: name ?? '' } : { generateName };
  return {
    metadata: {
      ...named,
      labels: labels ?? {},
      annotations: annotations ?? {},
      ...(ownerReferences ? { ownerReferences } : {}),
    },
    spec: {
      ...spec,
      containers: spec.containers.map(strip),
      ...(spec.initContainers ? { initContainers: spec.initContainers.map(strip) } : {}),
      volumes: (spec.volumes ?? []).filter((volume) => !token.test(volume.name)),
    },
  };
}
