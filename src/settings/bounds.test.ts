import { Settings as TypeBoxSettings } from 'typebox/system';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../manifest/index.ts';
import { formatProblem } from '../problem.ts';
import { configurationOf, readDocuments } from './index.ts';
import { TracingSpecSchema } from './schema.ts';

/** What is said of a file, line by line. */
function problemsOf(text: string): readonly string[] {
  const parsed = parseYaml(text, 'c');
  if ('problems' in parsed) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  const read = readDocuments(parsed.documents);
  return 'problems' in read ? read.problems.map(formatProblem) : [];
}

const CLUSTER = 'apiVersion: tracehook.io/v1alpha1, kind: ClusterTracingConfig, metadata: {name: default}';
const SHOP = 'apiVersion: tracehook.io/v1alpha1, kind: TracingConfig, metadata: {name: default, namespace: shop}';

const withSpec = (spec: string) => problemsOf(`{${CLUSTER}, spec: ${spec}}`);
/** Places of the mistakes, without the messages. */
const placesOf = (problems: readonly string[]) => problems.map((problem) => / \(.*?\): (\S+): /.exec(problem)?.[1]);

const hostOf = (length: number) => `${'abc.'.repeat(length / 4)}${'a'.repeat(length % 4)}`.replace(/\.$/, 'x');

describe('just within the bounds is', () => {
  it.each([
    ['a host of 253 characters', `{jaegerAgent: {host: ${hostOf(253)}}}`],
    ['a host of 253 characters and the dot at its end', `{jaegerAgent: {host: ${hostOf(253)}.}}`],
    ['a host with a number in it', '{collector: {grpc: "http://a.10.b:4317"}}'],
    ['a path that goes on behind that of a signal', '{collector: {http: "http://otel:4318/v1/traces/x"}}'],
    ['the smallest memory limit', '{sidecar: {resources: {requests: {memory: 8Mi}, limits: {memory: 16Mi}}}}'],
    ['a request of nothing', '{sidecar: {resources: {requests: {memory: "0"}}}}'],
    ['a number of bytes that no float is exactly', '{sidecar: {resources: {limits: {memory: 1.001G}}}}'],
  ])('%s', (_, spec) => {
    expect(withSpec(spec)).toEqual([]);
  });
  it('a name of 253 characters', () => {
    expect(problemsOf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: ${'a'.repeat(253)}}}`)).toEqual([]);
  });
});

describe('just beyond is', () => {
  it.each([
    ['a host of 254 characters', `{jaegerAgent: {host: ${hostOf(254)}}}`, 'spec.jaegerAgent.host'],
    ['a host of 254 and the dot', `{jaegerAgent: {host: ${hostOf(254)}.}}`, 'spec.jaegerAgent.host'],
    ['the path of a signal over http', '{collector: {http: "http://otel:4318/v1/logs/"}}', 'spec.collector.http'],
  ])('%s', (_, spec, place) => {
    expect(placesOf(withSpec(spec))).toEqual([place]);
  });
  it('a name of a namespace that only begins like one', () => {
    for (const name of ['shop_1', 'shop-', 'a'.repeat(64)])
      expect(problemsOf(`{apiVersion: v1, kind: Namespace, metadata: {name: ${name}}}`)).toHaveLength(1);
  });
  it('a list of 21, which is not shown', () => {
    expect(withSpec(`{mode: [${'1, '.repeat(19)}1]}`)).toEqual([expect.stringMatching(/is \[1(,1)*\]$/)]);
    expect(withSpec(`{mode: [${'1, '.repeat(20)}1]}`)).toEqual([expect.stringMatching(/is a list$/)]);
  });
});

describe('a mistake is told once', () => {
  it.each([
    ['a list of numbers', '{propagators: [1, 1]}', ['spec.propagators[0]', 'spec.propagators[1]']],
    ['an address in a list', '{collector: {grpc: ["http://10.0.0.256:4317"]}}', ['spec.collector.grpc']],
    ['the path of a signal in a list', '{collector: {http: ["http://otel/v1/traces"]}}', ['spec.collector.http']],
    ['the path of a signal in a text', '{collector: {http: "at http://otel/v1/traces"}}', ['spec.collector.http']],
    ['none, twice', '{propagators: [none, none]}', ['spec.propagators']],
    [
      'services whose names are no texts',
      '{sampling: {services: [{service: 1, type: const, param: 1}, {service: 1, type: const, param: 1}]}}',
      ['spec.sampling.services[0].service', 'spec.sampling.services[1].service'],
    ],
    [
      'services without a name',
      '{sampling: {services: [{service: "", type: const, param: 1}, {service: "", type: const, param: 1}]}}',
      ['spec.sampling.services[0].service', 'spec.sampling.services[1].service'],
    ],
  ])('%s', (_, spec, places) => {
    expect(placesOf(withSpec(spec))).toEqual(places);
  });
  it.each([
    ['ClusterTracingConfig', `{${CLUSTER}}`, `{${CLUSTER}, spec: {sidecar: {resources: {limits: {memory: 48Mi}}}}}`],
    ['TracingConfig', `{${SHOP}}`, `{${SHOP}, spec: {sidecar: {resources: {limits: {memory: 48Mi}}}}}`],
  ])('of a second %s only that it is there', (_, first, second) => {
    expect(problemsOf(`${first}\n---\n${second}`)).toEqual([expect.stringContaining('is here a second time')]);
  });
  it.each([
    ['{apiVersion: v1, kind: Namespace, metadata: {name: Shop}}', 'metadata.name'],
    ['{apiVersion: v1, kind: ConfigMap, metadata: {name: App}}', 'metadata.name'],
    ['{apiVersion: v1, kind: ConfigMap, metadata: {name: app, namespace: Shop}}', 'metadata.namespace'],
    [`{${SHOP.replace('shop', 'Shop')}}`, 'metadata.namespace'],
  ])('and what has no right name is not held against its like: %s', (text, place) => {
    expect(placesOf(problemsOf(`${text}\n---\n${text}`))).toEqual([place, place]);
  });
});

describe('a document', () => {
  it.each([
    ['ClusterTracingConfig', 'tracehook.io/v1alpha1', '{name: default}'],
    ['TracingConfig', 'tracehook.io/v1alpha1', '{name: default, namespace: <the namespace that it configures>}'],
    ['Namespace', 'v1', '{name: <name of the namespace>, labels: …}'],
    ['ConfigMap', 'v1', '{name: …, namespace: …}'],
  ])('of kind %s without metadata is told what to write', (kind, version, metadata) => {
    expect(problemsOf(`{apiVersion: ${version}, kind: ${kind}}`)).toEqual([
      `c: document 1 (${kind}): metadata: is missing: must be ${metadata}`,
    ]);
  });
  it('of nothing is passed over', () => {
    expect(readDocuments([{ where: 'c', value: null }])).toHaveProperty('documents');
  });
  it('whose kind is a list has no kind', () => {
    expect(problemsOf('{apiVersion: v1, kind: [Namespace], metadata: {name: shop}}')).toEqual([
      'c: document 1: kind: must be ClusterTracingConfig, TracingConfig, Namespace, ConfigMap or List, is ["Namespace"]',
    ]);
  });
  it('may name a field with the signs of a JSON pointer', () => {
    expect(withSpec('{"a/b": 1, "a~c": 1}').map((problem) => problem.split(': no such')[0])).toEqual([
      'c: document 1 (ClusterTracingConfig default): spec.a/b',
      'c: document 1 (ClusterTracingConfig default): spec["a~c"]',
    ]);
  });
  it('nested deeper than the stack, in maps, has a message like any other', () => {
    let spec: unknown = {};
    for (let level = 0; level < 200_000; level += 1) spec = { a: spec };
    const metadata = { name: 'default' };
    const value = { apiVersion: 'tracehook.io/v1alpha1', kind: 'ClusterTracingConfig', metadata, spec: { mode: spec } };
    const read = readDocuments([{ where: 'c', value }]);
    expect('problems' in read && read.problems).toEqual([
      { where: 'c (ClusterTracingConfig default): spec.mode', message: 'must be env or sidecar, is a map' },
    ]);
  });
  it('leaves the library of schemas as it was', () => {
    const { maxErrors } = TypeBoxSettings.Get();
    TypeBoxSettings.Set({ maxErrors: 7 });
    withSpec('{mode: 1}');
    expect(TypeBoxSettings.Get().maxErrors).toBe(7);
    TypeBoxSettings.Set({ maxErrors });
  });
});

describe('a namespace', () => {
  it('without labels is not opted in, and has no label that does not exist', () => {
    const read = readDocuments([
      { where: 'c', value: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } } },
    ]);
    if ('problems' in read) throw new Error('has problems');
    const namespace = configurationOf(read.documents).forNamespace('a');
    expect(namespace).toMatchObject({ optIn: 'none', described: true });
    expect(Object.keys(namespace)).not.toContain('unknownLabel');
  });
});

describe('the schema', () => {
  interface Node {
    readonly type?: unknown;
    readonly enum?: readonly unknown[];
    readonly description?: string;
    readonly properties?: Readonly<Record<string, Node>>;
    readonly patternProperties?: Readonly<Record<string, Node>>;
    readonly items?: Node;
  }
  const nodesIn = (node: Node, path: string): readonly (readonly [string, Node])[] => [
    [path, node],
    ...Object.entries({ ...node.properties, ...node.patternProperties }).flatMap(([key, child]) =>
      nodesIn(child, `${path}.${key}`),
    ),
    ...(node.items === undefined ? [] : nodesIn(node.items, `${path}[]`)),
  ];
  it('says of every text, number and map what it is for', () => {
    const silent = nodesIn(TracingSpecSchema, 'spec').filter(([, { description }]) => !description);
    // A list of words describes its items, and a strategy is described by its fields.
    expect(silent.map(([path]) => path)).toEqual([
      'spec.collector.signals[]',
      'spec.propagators[]',
      'spec.sampling.default.operations[]',
      'spec.sampling.services[]',
      'spec.sampling.services[].operations[]',
    ]);
  });
});
