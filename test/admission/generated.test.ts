import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pod } from '../../src/inject/index.ts';
import { ApiError } from '../control-plane/api-error.ts';
import type { KubernetesObject } from '../control-plane/client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { describeOnVersions } from './versions.ts';
import { generatedPod } from '../properties/generated-pods.ts';
import { changesToUserFields } from '../properties/untouched.ts';
import { makeNamespace, type RegisteredWebhook, registerWebhook } from './webhook-on-plane.ts';

const RUNS = Number(process.env['TRACEHOOK_TEST_RUNS'] ?? 1_000);

const CONFIGURATION = `
apiVersion: tracehook.io/v1alpha1
kind: ClusterTracingConfig
metadata: {name: default}
spec:
  collector:
    grpc: http://$(TRACEHOOK_NODE_IP):4317
    http: https://collector.tracing:4318
    headersFrom: {name: tokens, key: headers}
    certificateAuthority: {configMap: known, key: ca.crt}
  jaegerAgent: {enabled: true, host: agent.tracing}
  propagators: [tracecontext, baggage, b3]
  resourceAttributes: {deployment.environment.name: 'prod, "one"'}
  sampling:
    live: true
    default: {type: probabilistic, param: 0.1}
`;

const KNOWN = `---
apiVersion: v1
kind: ConfigMap
metadata: {name: known, namespace: injected}
data: {FIRST: a, OTEL_PROPAGATORS: b, ca.crt: c}
`;

type PodObject = KubernetesObject & Pod;

describeOnVersions('generated Pods, on a real API server', (plane) => {
  let registered: RegisteredWebhook;
  beforeAll(async () => {
    registered = await registerWebhook(plane(), { yaml: `${CONFIGURATION}${KNOWN}` });
    await makeNamespace(plane(), 'injected', 'enabled');
    await makeNamespace(plane(), 'plain');
  });
  afterAll(() => registered.stop());

  test(
    `${RUNS} of them: no patch is refused, no field of the user is changed, the second review is empty`,
    { timeout: 900_000 },
    async () => {
      let injected = 0;
      await fc.assert(
        fc.asyncProperty(generatedPod, async (pod) => {
          const plain = await dryRun(plane(), pod, 'plain');
          // What the API server refuses by itself shows nothing.
          fc.pre(plain !== undefined);
          const first = await dryRun(plane(), pod, 'injected');
          if (plain === undefined || first === undefined)
            throw new Error('the API server refused the Pod with our patch in it');
          expect(changesToUserFields(comparable(plain), comparable(first))).toEqual([]);
          if (
            first.metadata.annotations?.['tracehook.io/status'] === plain.metadata.annotations?.['tracehook.io/status']
          )
            return;
          injected++;
          const second = await dryRun(plane(), comparable(first), 'injected');
          expect(second === undefined ? undefined : comparable(second)).toEqual(comparable(first));
        }),
        { numRuns: RUNS },
      );
      expect(injected).toBeGreaterThan(RUNS / 4);
    },
  );
});

/** The Pod as it would be stored; `undefined` if the API server refuses it for what it is. */
async function dryRun(plane: ControlPlane, pod: Pod, namespace: string): Promise<PodObject | undefined> {
  try {
    const object = {
      apiVersion: 'v1',
      kind: 'Pod',
      ...pod,
      metadata: { ...pod.metadata, namespace },
    } as unknown as PodObject;
    const created = await plane.client.create(object, { dryRun: true });
    return created.object;
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
