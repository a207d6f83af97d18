/**
 * Pods and settings from a generator: valid for a real API server, and odd in the ways that matter to injection. The pure
 * properties and the suite on the real server draw from the same.
 */
import fc from 'fast-check';
import { resolveSettings, type Settings } from '../../src/settings/index.ts';
import type { Pod } from '../../src/inject/index.ts';

const NAMES = [
  'OTEL_SERVICE_NAME',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_TRACES_EXPORTER',
  'OTEL_METRICS_EXPORTER',
  'OTEL_METRIC_EXPORT_INTERVAL',
  'OTEL_LOGS_EXPORTER',
  'OTEL_PROPAGATORS',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_CONFIG_FILE',
  'OTEL_SDK_DISABLED',
  'JAEGER_AGENT_HOST',
  'JAEGER_AGENT_PORT',
  'JAEGER_SERVICE_NAME',
  'JAEGER_SAMPLER_TYPE',
  'JAEGER_ENDPOINT',
  'TRACEHOOK_POD_NAME',
  'TRACEHOOK_NODE_IP',
  'FIRST',
  'SECOND',
] as const;

const odd = fc.constantFrom(
  '',
  'true',
  'otlp',
  'none',
  'a b',
  '$(FIRST)',
  '$$(FIRST)',
  'x$(POD_IP)y',
  '☃,=%+',
  '$',
  'http://mine:4317',
);
const attributes = fc.constantFrom(
  '',
  'team=a',
  'team=a,',
  'service.name=mine',
  'k8s.pod.name=x,broken',
  '$(FIRST),team=b',
  ' a = b ',
);

const valueFrom = fc.constantFrom(
  { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } },
  { fieldRef: { apiVersion: 'v1', fieldPath: 'status.hostIP' } },
  { secretKeyRef: { name: 'tokens', key: 'a', optional: true } },
  { configMapKeyRef: { name: 'known', key: 'FIRST', optional: true } },
);

const literal = fc.record({ name: fc.constantFrom(...NAMES), value: odd });
const reference = fc.record({ name: fc.constantFrom(...NAMES), valueFrom });
const ownAttributes = fc.record({ name: fc.constant('OTEL_RESOURCE_ATTRIBUTES'), value: attributes });
const variable = fc.oneof(
  { weight: 4, arbitrary: literal },
  { weight: 1, arbitrary: reference },
  { weight: 2, arbitrary: ownAttributes },
);
/** The API server leaves out what is empty. */
const env = fc
  .uniqueArray(variable, { selector: ({ name }) => name, maxLength: 7 })
  .map((entries) => entries.map((entry) => ('value' in entry && entry.value === '' ? { name: entry.name } : entry)));

const prefix = fc.constantFrom({}, { prefix: 'OTEL_' }, { prefix: 'APP_' });
const envFrom = fc.array(
  fc
    .tuple(
      prefix,
      fc.constantFrom(
        { configMapRef: { name: 'known', optional: true } },
        { configMapRef: { name: 'other', optional: true } },
        { secretRef: { name: 'secret', optional: true } },
      ),
    )
    .map(([before, source]) => ({ ...before, ...source })),
  { maxLength: 2 },
);

const ports = fc
  .uniqueArray(fc.constantFrom(8080, 4317, 6831, 14268), { maxLength: 2 })
  .map((numbers) => numbers.map((containerPort) => ({ containerPort, protocol: 'TCP' })));
const image = fc.constantFrom('app', 'team/app:v1.0.0', 'example.test:5000/team/app', 'app:1@sha256:' + 'a'.repeat(64));

/** `list` without a key if it is empty, as the API server has it. */
function optional(key: string, list: readonly unknown[]): object {
  return list.length === 0 ? {} : { [key]: list };
}

const container = (names: readonly string[]) =>
  fc.tuple(fc.constantFrom(...names), image, env, envFrom, ports).map(([name, tag, entries, sources, declared]) => ({
    name,
    image: tag,
    ...optional('env', entries),
    ...optional('envFrom', sources),
    ...optional('ports', declared),
  }));

const containers = fc.uniqueArray(container(['app', 'worker', 'istio-proxy', 'web']), {
  selector: ({ name }) => name,
  minLength: 1,
  maxLength: 3,
});
const initContainers = fc.uniqueArray(container(['setup', 'istio-init', 'migrate']), {
  selector: ({ name }) => name,
  maxLength: 2,
});

const annotations = fc.record(
  {
    'tracehook.io/inject': fc.constantFrom('true', 'env', 'sidecar'),
    'sidecar.jaegertracing.io/inject': fc.constantFrom('true', 'my-jaeger'),
    'tracehook.io/language': fc.constantFrom('go', 'java', 'java-agent', 'nodejs', 'python', 'dotnet'),
    'tracehook.io/containers': fc.constantFrom('app', 'app, setup', 'worker,app'),
    'tracehook.io/skip-env': fc.constantFrom(
      'OTEL_PROPAGATORS',
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'JAEGER_AGENT_HOST, OTEL_RESOURCE_ATTRIBUTES',
      'TRACEHOOK_POD_NAME',
    ),
    'resource.opentelemetry.io/service.name': odd,
    'resource.opentelemetry.io/team': odd,
    'tracehook.io/status': fc.constantFrom(
      '{}',
      'x',
      '{"mode":"env","config":"0","containers":{"app":{"env":["OTEL_SERVICE_NAME","OTEL_PROPAGATORS","FIRST"]}}}',
      '{"mode":"sidecar","config":"0","sidecar":"tracehook-agent","containers":{"app":{"env":["OTEL_EXPORTER_OTLP_ENDPOINT","OTEL_EXPORTER_OTLP_PROTOCOL"],"extended":{"OTEL_RESOURCE_ATTRIBUTES":3}}}}',
    ),
  },
  { requiredKeys: ['tracehook.io/inject'] },
);

const owner = fc.constantFrom(
  undefined,
  {
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    name: 'shop-7d4b9c6f5',
    uid: '11111111-1111-1111-1111-111111111111',
    controller: true,
  },
  {
    kind: 'Job',
    apiVersion: 'batch/v1',
    name: 'report-29500000',
    uid: '11111111-1111-1111-1111-111111111111',
    controller: true,
  },
);

const labels = fc.constantFrom(
  { app: 'shop' },
  { app: 'shop', 'pod-template-hash': '7d4b9c6f5' },
  { 'app.kubernetes.io/name': 'cart', 'app.kubernetes.io/version': '2.1' },
);

/** A Pod as the API server sends it for review. */
export const generatedPod: fc.Arbitrary<Pod> = fc
  .tuple(containers, initContainers, annotations, labels, owner, fc.boolean())
  .map(([regular, init, notes, marks, made, named]) => ({
    metadata: {
      ...(named ? { name: 'shop-x1' } : { generateName: 'shop-' }),
      labels: marks,
      annotations: notes,
      ...optional('ownerReferences', made === undefined ? [] : [made]),
    },
    spec: { containers: regular, ...optional('initContainers', init) },
  }));

const collector = { grpc: 'http://collector.tracing:4317', http: 'http://collector.tracing:4318' };
const nodeCollector = {
  grpc: 'http://$(TRACEHOOK_NODE_IP):4317',
  signals: ['traces', 'metrics'] as ('traces' | 'metrics')[],
};

/** Settings that reach every group of variables. */
export const generatedSettings: fc.Arbitrary<Settings> = fc
  .tuple(fc.constantFrom(collector, nodeCollector), fc.boolean(), fc.boolean(), fc.boolean())
  .map(([where, live, jaeger, rich]) =>
    resolveSettings(
      {
        source: 'ClusterTracingConfig default',
        spec: {
          collector: {
            ...where,
            ...(rich
              ? {
                  headersFrom: { name: 'tokens', key: 'headers' },
                  certificateAuthority: { configMap: 'known', key: 'ca.crt' },
                }
              : {}),
          },
          jaegerAgent: { enabled: jaeger, host: 'agent.tracing' },
          propagators: ['tracecontext', 'baggage', 'b3'],
          useLabelsForResourceAttributes: rich,
          resourceAttributes: { 'deployment.environment.name': 'prod, "one"' },
          sampling: {
            live,
            default: { type: 'probabilistic', param: 0.1 },
            services: [{ service: 'shop', type: 'ratelimiting', param: 5 }],
          },
        },
      },
      undefined,
    ),
  );

/** What is known of ConfigMaps: one defines FIRST and a variable of ours, and holds a CA. */
export function knownConfigMaps(name: string): ReadonlySet<string> | undefined {
  return name === 'known' ? new Set(['FIRST', 'OTEL_PROPAGATORS', 'ca.crt']) : undefined;
}
