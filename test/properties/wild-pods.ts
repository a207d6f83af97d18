/** Pods from a generator, such as no API server need ever have taken: for the rules that hold for every Pod. */
import fc from 'fast-check';
import type { Pod } from '../../src/inject/index.ts';
import { wildEnv, wildEnvFrom, wildText } from './generated-env.ts';
import { ANNOTATION_VALUES, IMAGES, LABELS, ODD_STATUSES, OWNERS, rarely, validPod } from './generated-pods.ts';

const CA_FOLDER = '/var/run/tracehook.io/otlp-ca';

/** Something in most cases, and in a few what should not be there. */
function mostly<T, U>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<U>, times = 30): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: times, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

const NAMES = [
  'app',
  'worker',
  'web',
  'istio-proxy',
  'linkerd-proxy',
  'setup',
  'istio-init',
  'tracehook-agent',
] as const;
const name = mostly(
  fc.constantFrom(...NAMES),
  fc.constantFrom('', 'App', 'é☃', '__proto__', 'constructor', 'a,b', `n${'-'.repeat(300)}`, '\ud800'),
  15,
);

const port = fc.record({
  containerPort: mostly(fc.constant(8080), fc.constantFrom(4317, 4318, 6831, 6832, 14268, -1, 1e9), 5),
  protocol: fc.constantFrom('TCP', 'UDP', 'SCTP', null, 'udp'),
});
const mount = fc.record({
  name: fc.constantFrom('scratch', 'tracehook-otlp-ca'),
  mountPath: fc.constantFrom('/scratch', CA_FOLDER, `${CA_FOLDER}/`),
  readOnly: fc.boolean(),
});

/** A list, or what stands for an empty one. */
function listOf<T>(item: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[] | null | undefined> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.array(item, { maxLength }) },
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

const container = fc.record(
  {
    name,
    image: mostly(fc.constantFrom(...IMAGES), fc.constantFrom(null, '', ':', '@', 'a:b:c@d@e', '☃', 'a/'.repeat(400))),
    env: mostly(wildEnv, fc.constant(null)),
    envFrom: mostly(wildEnvFrom, fc.constant(null)),
    ports: listOf(port, 2),
    volumeMounts: listOf(mount, 2),
    restartPolicy: fc.constantFrom('Always', null, 'Never'),
    futureField: fc.constantFrom<unknown[]>({ name: 'x', env: [] }, [null], 'x', 0),
  },
  { requiredKeys: ['name', 'env'] },
);

/** A few containers, or as many as nobody has, of which some share a name. */
const containers = fc.oneof(
  { weight: 400, arbitrary: fc.uniqueArray(container, { selector: (made) => made.name, minLength: 1, maxLength: 5 }) },
  { weight: 6, arbitrary: fc.array(container, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.tuple(container, fc.constantFrom(40, 260)).map(([made, count]) => many(made, count)) },
);

function many<T extends { name: string }>(made: T, count: number): T[] {
  return Array.from({ length: count }, (_, index) => ({ ...made, name: `${made.name}-${index}` }));
}

const annotations = fc.record(
  {
    ...ANNOTATION_VALUES,
    'tracehook.io/inject': mostly(fc.constantFrom('true', 'env', 'sidecar'), fc.constantFrom('false', 'yes', ''), 20),
    'sidecar.jaegertracing.io/inject': mostly(fc.constantFrom('true', 'my-jaeger'), fc.constantFrom('false', 'No')),
    'tracehook.io/language.worker': mostly(
      fc.constantFrom('go', 'python'),
      fc.constantFrom('cobol', 'constructor'),
      20,
    ),
    'tracehook.io/containers': rarely(
      mostly(
        fc.constantFrom('app', 'app, setup', 'worker,app,web', 'tracehook-agent, app', ' istio-proxy'),
        fc.constantFrom('', ',', 'App', 'absent'),
      ),
    ),
    'tracehook.io/skip-env': mostly(
      fc.constantFrom('', 'OTEL_PROPAGATORS', 'JAEGER_AGENT_HOST, OTEL_RESOURCE_ATTRIBUTES', 'TRACEHOOK_POD_NAME,X'),
      fc.constantFrom('A B', '-'),
    ),
    'resource.opentelemetry.io/service.name': wildText,
    'resource.opentelemetry.io/team': wildText,
    'resource.opentelemetry.io/k8s.pod.name': wildText,
    'resource.opentelemetry.io/☃ = ,%': fc.constantFrom('x'),
    'tracehook.io/inyect': fc.constant('true'),
    'kubernetes.io/config.mirror': rarely(fc.constant('x'), 30),
    'example.test/huge': rarely(fc.constantFrom('x'.repeat(261_000), 'é'.repeat(131_072)), 300),
    'tracehook.io/status': fc.constantFrom(...ODD_STATUSES),
    ['__proto__']: fc.constant('x'),
  },
  { requiredKeys: [] },
);

const required = (...terms: object[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
});
const windows = { matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In', values: ['windows'] }] };
const spec = fc.record(
  {
    volumes: listOf(
      fc.record({ name: fc.constantFrom('scratch', 'tracehook-otlp-ca', ''), emptyDir: fc.constant({}) }),
      3,
    ),
    hostNetwork: mostly(fc.constantFrom(false, null), fc.constant(true), 5),
    os: mostly(fc.constantFrom({ name: 'linux' }, null, {}), fc.constant({ name: 'windows' })),
    nodeSelector: mostly(fc.constantFrom(null, {}, { disk: 'ssd' }), fc.constant({ 'kubernetes.io/os': 'windows' })),
    affinity: mostly(
      fc.constantFrom<unknown[]>(null, {}, { nodeAffinity: null }, required(), required(windows, {}), required({})),
      fc.constant(required(windows, windows)),
    ),
    securityContext: mostly(
      fc.constantFrom(null, {}, { runAsUser: 0 }, { runAsUser: null, windowsOptions: null }),
      fc.constant({ windowsOptions: {} }),
    ),
    resources: fc.constantFrom<unknown[]>(
      null,
      { requests: null, limits: {} },
      { requests: { cpu: 1 }, limits: { cpu: '2', memory: '64Mi' } },
      { limits: { memory: 'much', cpu: '☃' } },
    ),
    futureField: fc.constantFrom<unknown[]>({ containers: [] }, [[]]),
  },
  { requiredKeys: [] },
);

const metadata = fc.record(
  {
    name: mostly(fc.constantFrom('shop-x1', null, ''), wildText, 20),
    generateName: fc.constantFrom('shop-', '', null, '-.-', 'a'.repeat(300)),
    labels: mostly(
      fc.constantFrom(...LABELS, null, {}),
      fc.record({ 'app.kubernetes.io/name': wildText, 'app.kubernetes.io/version': wildText, app: wildText }),
    ),
    annotations: mostly(annotations, fc.constantFrom(null, undefined), 40),
    ownerReferences: listOf(
      mostly(
        fc.constantFrom(...OWNERS),
        fc.record({ kind: fc.constantFrom('Job', 'CronJob', 'x'), name: wildText, controller: fc.constant(true) }),
      ),
      2,
    ),
    managedFields: fc.constantFrom<unknown[]>([], [{ fieldsV1: { 'f:spec': {} } }]),
  },
  { requiredKeys: ['annotations'] },
);

const oddPod = fc.tuple(metadata, containers, listOf(container, 3), spec).map(([about, regular, init, rest]) => ({
  metadata: about,
  spec: { containers: regular, initContainers: unlike(init, regular), ...rest },
}));

/** Mostly of other names, since two of one name are no Pod. */
function unlike<T extends { name: string; image?: string | null }>(
  init: readonly T[] | null | undefined,
  regular: readonly T[],
) {
  if (init === null || init === undefined) return init;
  const taken = new Set(regular.map((made) => made.name));
  return init.filter((made) => !taken.has(made.name) || made.image === null);
}

/**
 * Any Pod, as it arrives: parsed from JSON. One in three is valid, so that long ways through the plan are taken as often as
 * short ones.
 */
export const wildPod: fc.Arbitrary<Pod> = fc
  .oneof({ weight: 2, arbitrary: oddPod }, { weight: 1, arbitrary: validPod })
  .map((pod) => JSON.parse(JSON.stringify(pod)) as Pod);
