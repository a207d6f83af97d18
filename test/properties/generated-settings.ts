/** Settings from a generator: what documents of both layers may say. */
import fc from 'fast-check';
import { resolveSettings, type Settings, type TracingSpec } from '../../src/settings/index.ts';

type Sampling = NonNullable<TracingSpec['sampling']>;
type Strategy = NonNullable<Sampling['default']>;
type Collector = NonNullable<TracingSpec['collector']>;

const share = fc.constantFrom(0, 0.001, 0.1, 1, 1e-7);
const operations = fc.constantFrom<NonNullable<Strategy['operations']>[]>(
  [],
  [{ operation: 'GET /health', type: 'probabilistic', param: 0 }],
  [
    { operation: 'GET /', type: 'probabilistic', param: 0.5 },
    { operation: '☃', type: 'probabilistic', param: 1 },
  ],
);
const strategy = fc.oneof(
  fc.record(
    { type: fc.constant('probabilistic' as const), param: share, operations },
    { requiredKeys: ['type', 'param'] },
  ),
  fc.record({ type: fc.constant('const' as const), param: fc.constantFrom(0, 1) }),
  fc.record(
    { type: fc.constant('ratelimiting' as const), param: fc.constantFrom(0, 5, 2_147_483_647), operations },
    { requiredKeys: ['type', 'param'] },
  ),
);
/** Names that generated Pods report under, and one that none does. */
const SERVICES = ['shop', 'cart', 'app', 'mine', 'report', 'nobody'] as const;
const sampling: fc.Arbitrary<Sampling> = fc.record(
  {
    live: fc.boolean(),
    default: strategy,
    services: fc.uniqueArray(
      fc.tuple(fc.constantFrom(...SERVICES), strategy).map(([service, how]) => ({ service, ...how })),
      { selector: ({ service }) => service, maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
);

const grpc = fc.constantFrom(
  'http://collector.tracing:4317',
  'https://collector.tracing',
  'http://$(TRACEHOOK_NODE_IP):4317',
  'http://[$(TRACEHOOK_NODE_IP)]:4317',
  'http://[fd00::1]:4317/',
);
const http = fc.constantFrom(
  'http://collector.tracing:4318',
  'https://collector.tracing:4318/otlp/%7Eteam',
  'https://collector.tracing',
  'http://$(TRACEHOOK_NODE_IP):4318',
);
const collector: fc.Arbitrary<Collector> = fc.record(
  {
    grpc,
    http,
    protocol: fc.constantFrom('grpc', 'http/protobuf'),
    signals: fc.constantFrom<NonNullable<Collector['signals']>[]>(
      ['traces'],
      ['traces', 'metrics'],
      ['logs', 'traces'],
      ['traces', 'metrics', 'logs'],
    ),
    headersFrom: fc.constant({ name: 'tokens', key: 'headers' }),
    certificateAuthority: fc.constantFrom(
      { configMap: 'known', key: 'ca.crt' },
      { configMap: 'known', key: 'other.crt' },
      { configMap: 'other', key: 'ca.crt' },
    ),
  },
  { requiredKeys: [] },
);

const jaegerAgent = fc.record(
  {
    enabled: fc.boolean(),
    host: fc.constantFrom('agent.tracing', '$(TRACEHOOK_NODE_IP)', '10.0.0.1'),
    compactPort: fc.constantFrom(6831, 1),
    binaryPort: fc.constantFrom(6832, 65_535),
  },
  { requiredKeys: [] },
);

const propagators = fc.constantFrom<NonNullable<TracingSpec['propagators']>[]>(
  ['tracecontext', 'baggage'],
  ['tracecontext', 'baggage', 'b3'],
  ['b3multi', 'jaeger', 'xray', 'ottrace'],
  ['xray'],
  ['none'],
);

const skipEnv = fc.constantFrom<string[][]>(
  [],
  ['OTEL_PROPAGATORS'],
  ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'JAEGER_SAMPLER_PARAM'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'JAEGER_AGENT_PORT'],
  ['TRACEHOOK_POD_NAME', 'TRACEHOOK_NODE_IP', 'OTEL_METRICS_EXPORTER'],
);

const resourceAttributes = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.constantFrom<Record<string, string>[]>(
      {},
      { 'deployment.environment.name': 'prod, "one"' },
      { team: '$(FIRST) $$ %41 ☃ \u{1f600}', 'k8s.pod.name': 'ours wins', 'a/b-c_d': '+ =', constructor: 'x' },
    ),
  },
  // The longest that is allowed, which is three times as long when it is encoded; and so many that they fit no variable.
  { weight: 1, arbitrary: fc.constantFrom(1, 20).map((count) => longAttributes(count)) },
);

function longAttributes(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`long${index}`, 'é'.repeat(4_096)]));
}

const resources = fc.constantFrom(
  {},
  { limits: { memory: '256Mi' } },
  { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1500m', memory: '2Gi', 'ephemeral-storage': '1G' } },
  { requests: { cpu: '0' } },
);
const sidecar = fc.record(
  { image: fc.constantFrom('collector:2', `registry.test:5000/team/collector@sha256:${'a'.repeat(64)}`), resources },
  { requiredKeys: [] },
);

/** The `spec` of one document. Most have a collector: without one, nothing else shows. */
export const generatedSpec: fc.Arbitrary<TracingSpec> = fc.record(
  {
    mode: fc.constantFrom('env', 'sidecar'),
    collector,
    jaegerAgent,
    resourceAttributes,
    useLabelsForResourceAttributes: fc.boolean(),
    propagators,
    skipEnv,
    sampling,
    sidecar,
  },
  { requiredKeys: [] },
);

/** What the documents of both layers say. */
export interface GeneratedSpecs {
  readonly cluster: TracingSpec;
  readonly namespaced?: TracingSpec;
}

/** The cluster's document, which nearly always has a collector, and a namespace's in some cases. */
export const generatedSpecs: fc.Arbitrary<GeneratedSpecs> = fc
  .tuple(generatedSpec, fc.option(fc.tuple(grpc, http), { freq: 10 }), fc.option(generatedSpec, { freq: 2 }))
  .map(([spec, endpoints, namespaced]) => {
    const where = endpoints === null ? {} : { grpc: endpoints[0], http: endpoints[1] };
    const cluster = { ...spec, collector: { ...where, ...spec.collector } };
    return namespaced === null ? { cluster } : { cluster, namespaced };
  });

/** The settings that result. */
export function settingsOf({ cluster, namespaced }: GeneratedSpecs): Settings {
  return resolveSettings(
    { source: 'ClusterTracingConfig default', spec: cluster },
    namespaced === undefined ? undefined : { source: 'TracingConfig shop/default', spec: namespaced },
  );
}

/** What is known of ConfigMaps: one defines FIRST and variables of ours, and holds a CA. */
export function knownConfigMaps(name: string): ReadonlySet<string> | undefined {
  return KNOWN.get(name);
}

const KNOWN: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['known', new Set(['FIRST', 'OTEL_PROPAGATORS', 'RESOURCE_ATTRIBUTES', 'METRIC_EXPORT_INTERVAL', 'ca.crt'])],
  ['empty', new Set<string>()],
]);
