import { describe, expect, it } from 'vitest';
import { parseYaml } from '../manifest/index.ts';
import { formatProblem } from '../problem.ts';
import { type ConfigurationDocuments, configurationOf, EMBEDDED_CONFIGURATION, readDocuments } from './index.ts';

function read(text: string): ConfigurationDocuments {
  const parsed = parseYaml(text, 'config.yaml');
  const result = 'problems' in parsed ? parsed : readDocuments(parsed.documents);
  if ('problems' in result) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.documents;
}

/** What is read of a cluster's spec. */
function readSpec(spec: unknown) {
  const metadata = { name: 'default' };
  const value = { apiVersion: 'tracehook.io/v1alpha1', kind: 'ClusterTracingConfig', metadata, spec };
  return readDocuments([{ where: 'c', value }]);
}

const EVERY_FIELD = `apiVersion: tracehook.io/v1alpha1
kind: TracingConfig
metadata: {name: default, namespace: production}
spec:
  mode: env
  collector:
    grpc: http://otel-collector.observability:4317
    http: http://otel-collector.observability:4318
    protocol: http/protobuf
    signals: [traces]
    headersFrom: {name: otlp-headers, key: headers}
    certificateAuthority: {configMap: otlp-ca, key: ca.crt}
  jaegerAgent: {enabled: true, host: otel-collector.observability, compactPort: 6831, binaryPort: 6832}
  resourceAttributes: {deployment.environment.name: production}
  useLabelsForResourceAttributes: true
  propagators: [tracecontext, baggage]
  skipEnv: []
  sampling:
    live: true
    default: {type: probabilistic, param: 0.1}
    services:
      - {service: critical-service, type: probabilistic, param: 1.0}
      - {service: high-volume-service, type: ratelimiting, param: 100}
      - service: debug-service
        type: const
        param: 1
        operations: [{operation: "GET /health", type: probabilistic, param: 0}]
  sidecar:
    image: otel/opentelemetry-collector-contrib:0.155.0
    resources:
      requests: {cpu: 20m, memory: 100Mi, ephemeral-storage: "1e6"}
      limits: {cpu: "1", memory: 0.5Gi}
status:
  conditions: []
`;

describe('documents that are read', () => {
  it('have every field that there is', () => {
    const layer = read(EVERY_FIELD).namespaces.get('production');
    expect(layer?.source).toBe('TracingConfig production/default');
    expect(layer?.spec.sampling?.services).toHaveLength(3);
    expect(layer?.spec.sidecar?.resources?.limits).toEqual({ cpu: '1', memory: '0.5Gi' });
  });
  it('are the embedded configuration', () => {
    const { cluster, namespaces } = read(EMBEDDED_CONFIGURATION);
    expect(cluster?.source).toBe('ClusterTracingConfig default');
    expect(cluster?.spec.collector?.http).toBe('http://otel-collector.observability:4318');
    expect(namespaces.size).toBe(0);
  });
  it('are none, or empty', () => {
    for (const text of ['', '---\n---\n', '# nothing\n']) {
      const { cluster, namespaces, labels, configMaps } = read(text);
      expect([cluster, namespaces.size, labels.size, configMaps.size]).toEqual([undefined, 0, 0, 0]);
    }
    expect(readDocuments([{ where: 'c', value: undefined }])).toHaveProperty('documents');
  });
  it.each(['', 'spec:', 'spec: {}'])('may have no spec (%j)', (spec) => {
    const text = `apiVersion: tracehook.io/v1alpha1\nkind: ClusterTracingConfig\nmetadata: {name: default, namespace: null}\n${spec}`;
    expect(read(text).cluster?.spec).toEqual({});
  });
  it('may have fields without a value: they are absent, as for the API server', () => {
    const text = `apiVersion: tracehook.io/v1alpha1
kind: ClusterTracingConfig
metadata: {name: default}
spec:
  collector:
  mode: env
  skipEnv:
  resourceAttributes: {a: x, b: }
  sampling: {live: , services: [{service: a, type: const, param: 1, operations: }]}
`;
    expect(read(text).cluster?.spec).toEqual({
      mode: 'env',
      resourceAttributes: { a: 'x' },
      sampling: { services: [{ service: 'a', type: 'const', param: 1 }] },
    });
  });
  it('may come as kubectl prints them: in a List, with all that the API server adds', () => {
    const added =
      'uid: 1, resourceVersion: "2", generation: 1, creationTimestamp: null, labels: {a: b}, annotations: {c: d}, managedFields: [{manager: kubectl}]';
    const text = `apiVersion: v1
kind: List
metadata: {resourceVersion: ""}
items:
  - {apiVersion: tracehook.io/v1alpha1, kind: TracingConfig, metadata: {name: default, namespace: shop, ${added}}, status: {x: 1}}
  - {apiVersion: v1, kind: Namespace, metadata: {name: shop, ${added}}, spec: {finalizers: [kubernetes]}, status: {phase: Active}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: app, namespace: shop, ${added}}, immutable: true, data: {A: x, B: }, binaryData: {C: eA==}}
`;
    const { namespaces, labels, configMaps } = read(text);
    expect([...namespaces.keys()]).toEqual(['shop']);
    expect(labels.get('shop')).toEqual({ a: 'b' });
    expect([...(configMaps.get('shop/app') ?? [])]).toEqual(['A', 'B']);
  });
  it('may be ConfigMaps of the namespace that kubectl would take', () => {
    expect([...read('{apiVersion: v1, kind: ConfigMap, metadata: {name: app}}').configMaps.keys()]).toEqual([
      'default/app',
    ]);
  });
  it('may have attributes and keys that are named like what every object has', () => {
    const text = `{apiVersion: tracehook.io/v1alpha1, kind: ClusterTracingConfig, metadata: {name: default}, spec: {resourceAttributes: {constructor: a, toString: b}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: app}, data: {__proto__: a, constructor: b}}
`;
    const documents = read(text);
    const { settings, configMapKeys } = configurationOf(documents).forNamespace('default');
    expect([...settings.resourceAttributes.keys()]).toEqual(['constructor', 'toString']);
    expect([...(configMapKeys('app') ?? [])]).toEqual(['__proto__', 'constructor']);
  });
  it.each([
    'http://$(TRACEHOOK_NODE_IP):4318',
    'http://[$(TRACEHOOK_NODE_IP)]:4318',
    'https://[fd00::1]:4318/otlp',
    'http://10.0.0.1',
    'https://otel.example.com./prefix/',
    'http://[::ffff:10.0.0.1]:4318',
    'http://otel/a%2Fb%20c',
    `http://${Array.from({ length: 63 }, () => 'abc').join('.')}.`,
  ])('may send to %s', (http) => {
    expect(readSpec({ collector: { http } })).toHaveProperty('documents.cluster.spec.collector.http', http);
  });
  it.each([
    'collector',
    'otel/opentelemetry-collector-contrib:0.155.0',
    'localhost:5000/a/b__c/d.e---f:V1_2.3-x',
    'Registry.example.com/team/collector',
    '[fd00::1]:5000/collector',
    `ghcr.io/team/collector:1@sha256:${'0a'.repeat(32)}`,
    `collector@sha256:${'0a'.repeat(32)}`,
    `collector:${'1'.repeat(128)}`,
  ])('may have the image %s', (image) => {
    expect(readSpec({ sidecar: { image } })).toHaveProperty('documents.cluster.spec.sidecar.image', image);
  });
  it.each(['1Ti', '0.57G', '1.1G', '128.5Mi', '134217728000m', '1e9', '1099511627776'])(
    'may limit memory to %s',
    (memory) => {
      expect(readSpec({ sidecar: { resources: { limits: { memory } } } })).toHaveProperty('documents');
    },
  );
  it('may have what is just within the bounds', () => {
    const long = 'a'.repeat(253);
    const attributes = Array.from({ length: 128 }, (_, index) => [`a${index}`, 'x'.repeat(4096)]);
    const spec = {
      collector: {
        headersFrom: { name: long, key: long },
        certificateAuthority: { configMap: 'a.b', key: '.ca..crt' },
      },
      resourceAttributes: Object.fromEntries(attributes),
      sampling: {
        default: { type: 'probabilistic', param: 1e-12 },
        services: [{ service: 'a', type: 'ratelimiting', param: 2_147_483_647 }],
      },
      sidecar: { resources: { limits: { cpu: '1024', memory: '1Ti', 'ephemeral-storage': '1Ti' } } },
    };
    expect(readSpec(spec)).toHaveProperty('documents.cluster.spec', spec);
  });
  it('may have ten thousand services', () => {
    const services = Array.from({ length: 10_000 }, (_, index) => ({ service: `s${index}`, type: 'const', param: 1 }));
    expect(readSpec({ sampling: { services } })).toHaveProperty(
      'documents.cluster.spec.sampling.services.length',
      10_000,
    );
  });
});

describe('the configuration of a namespace', () => {
  const documents = read(`${EMBEDDED_CONFIGURATION}---
{apiVersion: tracehook.io/v1alpha1, kind: TracingConfig, metadata: {name: default, namespace: shop}, spec: {mode: sidecar}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {tracehook.io/injection: enabled}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: everything, labels: {tracehook.io/injection: all}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: bare, labels: }}
---
{apiVersion: v1, kind: Namespace, metadata: {name: mistyped, labels: {tracehook.io/injection: Enabled}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: blank, labels: {tracehook.io/injection: }}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: app, namespace: shop}, data: {A: x}}
`);
  const configuration = configurationOf(documents);
  it.each([
    ['shop', { optIn: 'enabled', described: true, unknownLabel: undefined, mode: 'sidecar' }],
    ['everything', { optIn: 'all', described: true, unknownLabel: undefined, mode: 'env' }],
    ['bare', { optIn: 'none', described: true, unknownLabel: undefined, mode: 'env' }],
    ['mistyped', { optIn: 'none', described: true, unknownLabel: 'Enabled', mode: 'env' }],
    ['blank', { optIn: 'none', described: true, unknownLabel: '', mode: 'env' }],
    ['nowhere', { optIn: 'enabled', described: false, unknownLabel: undefined, mode: 'env' }],
  ])('%s has its label, its settings and whether anything describes it', (namespace, expected) => {
    const { optIn, described, unknownLabel, settings } = configuration.forNamespace(namespace);
    expect({ optIn, described, unknownLabel, mode: settings.mode.value }).toEqual(expected);
  });
  it('knows the keys of its own ConfigMaps', () => {
    expect(configuration.forNamespace('shop').configMapKeys('app')).toEqual(new Set(['A']));
    expect(configuration.forNamespace('shop').configMapKeys('other')).toBeUndefined();
    expect(configuration.forNamespace('bare').configMapKeys('app')).toBeUndefined();
  });
  it('is one object for all namespaces that nothing describes', () => {
    const settingsOf = (namespace: string) => configuration.forNamespace(namespace).settings;
    expect(settingsOf('one')).toBe(settingsOf('two'));
  });
});
