/**
 * Pods from a generator, such as a real API server takes, and odd in the ways that matter to injection. wild-pods.ts has
 * those that none would take.
 */
import fc from 'fast-check';
import type { Pod } from '../../src/inject/index.ts';
import { validEnv, validEnvFrom } from './generated-env.ts';

/** `list` without a key if it is empty, as the API server has it. */
export function optional(key: string, list: readonly unknown[]): object {
  return list.length === 0 ? {} : { [key]: list };
}

const CA_FOLDER = '/var/run/tracehook.io/otlp-ca';

const ports = fc
  .uniqueArray(fc.constantFrom(...Array.from({ length: 20 }, (_, index) => 8080 + index), 4317, 6831, 14268), {
    maxLength: 2,
  })
  .map((numbers) => numbers.map((containerPort) => ({ containerPort, protocol: 'TCP' })));
/** Images with every form of a version. */
export const IMAGES = [
  'app',
  'team/app:v1.0.0',
  'example.test:5000/team/app',
  `app:1@sha256:${'a'.repeat(64)}`,
] as const;
const mounts = fc.oneof(
  { weight: 12, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      [{ name: 'scratch', mountPath: '/scratch' }],
      [{ name: 'scratch', mountPath: CA_FOLDER }],
    ),
  },
);

const container = (names: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom(...IMAGES), validEnv, validEnvFrom, ports, mounts)
    .map(([name, image, env, envFrom, declared, mounted]) => ({
      name,
      image,
      ...optional('env', env),
      ...optional('envFrom', envFrom),
      ...optional('ports', declared),
      ...optional('volumeMounts', mounted),
    }));

const LONG_NAME = `a${'b-'.repeat(30)}c`;
const containers = fc.uniqueArray(container(['app', 'worker', 'istio-proxy', 'web', LONG_NAME, 'constructor']), {
  selector: ({ name }) => name,
  minLength: 1,
  maxLength: 4,
});
const initContainers = fc.uniqueArray(
  fc
    .tuple(container(['setup', 'istio-init', 'migrate']), fc.boolean())
    .map(([made, native]) => (native ? { ...made, restartPolicy: 'Always' } : made)),
  { selector: ({ name }) => name, maxLength: 2 },
);

/** What most Pods do not have, beside a record's own choice of one half. */
export function rarely<T>(value: fc.Arbitrary<T>, times = 5): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

/** Without the fields that are `undefined`. */
function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** Values of the annotations that Pods' authors write. */
export const ANNOTATION_VALUES = {
  'tracehook.io/inject': fc.constantFrom('true', 'env', 'sidecar'),
  'sidecar.jaegertracing.io/inject': fc.constantFrom('true', 'my-jaeger'),
  'tracehook.io/language': fc.constantFrom('go', 'java', 'java-agent', 'nodejs', 'python', 'dotnet'),
  'tracehook.io/language.app': fc.constantFrom('go', 'java-agent', 'nodejs'),
  'tracehook.io/containers': rarely(fc.constantFrom('app', 'app, setup', 'worker,app,absent', LONG_NAME)),
  'tracehook.io/skip-env': fc.constantFrom(
    'OTEL_PROPAGATORS',
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    'JAEGER_AGENT_HOST, OTEL_RESOURCE_ATTRIBUTES',
    'TRACEHOOK_POD_NAME',
    'NEVER_INJECTED',
  ),
  'resource.opentelemetry.io/service.name': fc.constantFrom('shop', 'a b', '$(FIRST)', '☃,=%+', ' '),
  'resource.opentelemetry.io/team': fc.constantFrom('', 'a', '$(FIRST)', '$$', '☃,=%+'),
} as const;

/** Status annotations that were written by hand, or by nobody. */
export const ODD_STATUSES = [
  '{}',
  'x',
  '',
  'null',
  '{"mode":"env","config":"0","containers":[]}',
  '{"mode":"env","config":"0","containers":{"app":{"env":["OTEL_SERVICE_NAME","OTEL_PROPAGATORS","FIRST"]}}}',
  '{"mode":"sidecar","config":"0","sidecar":"tracehook-agent","containers":{"app":{"env":["OTEL_EXPORTER_OTLP_ENDPOINT","OTEL_EXPORTER_OTLP_PROTOCOL"],"extended":{"OTEL_RESOURCE_ATTRIBUTES":3}}}}',
  '{"mode":"env","config":"0","containers":{"constructor":{"env":[]},"app":{"env":[],"mounts":["scratch","tracehook-otlp-ca"]}},"volumes":["scratch","tracehook-otlp-ca"]}',
] as const;

const annotations = fc.record(
  { ...ANNOTATION_VALUES, 'tracehook.io/status': fc.constantFrom(...ODD_STATUSES) },
  { requiredKeys: ['tracehook.io/inject'] },
);

const UID = '11111111-1111-1111-1111-111111111111';
/** Controllers of every kind that names a service, and others. */
export const OWNERS = [
  { kind: 'ReplicaSet', apiVersion: 'apps/v1', name: 'shop-7d4b9c6f5', uid: UID, controller: true },
  { kind: 'StatefulSet', apiVersion: 'apps/v1', name: 'shop', uid: UID, controller: true },
  { kind: 'DaemonSet', apiVersion: 'apps/v1', name: 'shop', uid: UID, controller: true },
  { kind: 'Job', apiVersion: 'batch/v1', name: 'report-29500000', uid: UID, controller: true },
  { kind: 'Job', apiVersion: 'batch.volcano.sh/v1alpha1', name: 'report-29500000', uid: UID, controller: true },
  { kind: 'Shop', apiVersion: 'example.test/v1', name: 'shop', uid: UID, controller: false },
] as const;

/** Labels that lend names and versions. */
export const LABELS = [
  { app: 'shop' },
  { app: 'shop', 'pod-template-hash': '7d4b9c6f5' },
  { app: 'shop', 'rollouts-pod-template-hash': '7d4b9c6f5' },
  { 'app.kubernetes.io/name': 'cart', 'app.kubernetes.io/version': '2.1', 'app.kubernetes.io/part-of': 'mall' },
] as const;

const volumes = fc.constantFrom(
  [{ name: 'scratch', emptyDir: {} }],
  [
    { name: 'scratch', emptyDir: {} },
    { name: 'tracehook-otlp-ca', emptyDir: {} },
  ],
);
/** Fields of the Pod as a whole that decide something, and some that do not. */
const platform = fc.oneof(
  { weight: 10, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<object[]>(
      { os: { name: 'windows' } },
      { os: { name: 'linux' }, nodeSelector: { 'kubernetes.io/os': 'linux' } },
      { nodeSelector: { 'kubernetes.io/os': 'windows' } },
      { securityContext: { runAsUser: 0 } },
      { shareProcessNamespace: true, terminationGracePeriodSeconds: 5, priority: 0, schedulerName: 'mine' },
      {
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['10.0.0.10'] },
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
      },
    ),
  },
);

/** A Pod as the API server sends it for review, and takes it. */
export const validPod: fc.Arbitrary<Pod> = fc
  .tuple(
    containers,
    initContainers,
    annotations,
    fc.constantFrom(...LABELS),
    fc.option(fc.constantFrom(...OWNERS)),
    fc.boolean(),
    volumes,
    platform,
  )
  .map(([regular, init, notes, labels, owner, named, scratch, rest]) => ({
    metadata: {
      ...(named ? { name: 'shop-x1' } : { generateName: 'shop-' }),
      labels,
      annotations: present(notes),
      ...optional('ownerReferences', owner === null ? [] : [owner]),
    },
    spec: { containers: regular, ...optional('initContainers', init), volumes: scratch, ...rest },
  }));
