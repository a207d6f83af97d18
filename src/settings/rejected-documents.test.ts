import { describe, expect, it } from 'vitest';
import { parseYaml } from '../manifest/index.ts';
import { formatProblem } from '../problem.ts';
import { readDocuments } from './index.ts';

/** What is said of a file, line by line. */
function problemsOf(text: string): readonly string[] {
  const parsed = parseYaml(text, 'config.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  const read = readDocuments(parsed.documents);
  return 'problems' in read ? read.problems.map(formatProblem) : [];
}

const SPEC_FIELDS =
  'mode, collector, jaegerAgent, resourceAttributes, useLabelsForResourceAttributes, propagators, skipEnv, sampling, sidecar';
const GRPC_URL =
  'a URL such as http://otel-collector.observability:4317 (http:// or https://, a host or $(TRACEHOOK_NODE_IP), optionally a port from 1 to 65535, no path)';
const HTTP_URL = GRPC_URL.replace('4317', '4318').replace('no path', 'optionally a path');
const PARAM =
  'a number that fits the type (probabilistic: the share of traces, 0 to 1; ratelimiting: traces per second, a whole number of 0 or more; const: 1 (all) or 0 (none))';
const ATTRIBUTE_NAME =
  'an attribute name: a letter, then letters, digits, ".", "_", "-", "/" (not service.name, which is each workload\'s own)';
const TEXT = 'a text (in quotes if it looks like a number or true/false)';
const ATTRIBUTE_VALUE =
  'a text of 1 to 4096 characters, none of them NUL (in quotes if it looks like a number or true/false)';
const CPU = 'a quantity such as "100m" or "1" (in quotes if it is a plain number)';
const BYTES = 'a quantity such as "128Mi" (in quotes if it is a plain number)';
const OBJECT_NAME = 'the name of a Kubernetes object (lower-case letters, digits, "-" and ".", at most 253 characters)';
const KEY = 'a key: letters, digits, "-", "_" and ".", at most 253 characters, not "." and not with ".." in front';
const HOST = 'a host name, an address or $(TRACEHOOK_NODE_IP)';
const IMAGE =
  'an image reference such as ghcr.io/team/collector:1.0 (optionally a host, a lower-case path, optionally :tag and @sha256:digest; at most 255 characters)';
/** What a message shows of a long text. */
const cut = (text: string) => `"${text.slice(0, 79)}…`;
const LONG_NAME = 'a'.repeat(254);
const operationsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `{operation: o${index}, type: probabilistic, param: 1}`).join(', ');
const LONG_HOST = Array.from({ length: 64 }, () => 'abc').join('.');

describe('a spec is refused, with one sentence a mistake, if', () => {
  /** What is wrong, the spec, and field and message of each problem. */
  const cases: readonly [string, string, ...string[]][] = [
    ['it is no map', '[a]', `spec: must be a map with the fields ${SPEC_FIELDS}, is ["a"]`],
    [
      'a field is misspelled',
      '{colector: {}}',
      `spec.colector: no such field; did you mean collector? allowed: ${SPEC_FIELDS}`,
    ],
    [
      'two letters are swapped',
      '{colletcor: {}}',
      `spec.colletcor: no such field; did you mean collector? allowed: ${SPEC_FIELDS}`,
    ],
    [
      'a field has the wrong case',
      '{skipenv: []}',
      `spec.skipenv: no such field; did you mean skipEnv? allowed: ${SPEC_FIELDS}`,
    ],
    ['a field is like none that exists', '{endpoint: x}', `spec.endpoint: no such field; allowed: ${SPEC_FIELDS}`],
    ['an unknown field is empty', '{colour: }', `spec.colour: no such field; allowed: ${SPEC_FIELDS}`],
    [
      'a field has the name of a prototype',
      '{__proto__: {mode: env}}',
      `spec.__proto__: no such field; allowed: ${SPEC_FIELDS}`,
    ],
    [
      'a field has the name of a method',
      '{constructor: 1}',
      `spec.constructor: no such field; allowed: ${SPEC_FIELDS}`,
    ],
    ['a field is no word', '{"a b": 1}', `spec["a b"]: no such field; allowed: ${SPEC_FIELDS}`],
    ['the mode is unknown', '{mode: both}', 'spec.mode: must be env or sidecar, is "both"'],
    ['the mode is a map', '{mode: {env: {}}}', 'spec.mode: must be env or sidecar, is a map'],
    ['an endpoint is a number', '{collector: {grpc: 4317}}', `spec.collector.grpc: must be ${GRPC_URL}, is 4317`],
    [
      'an endpoint has no scheme',
      '{collector: {http: "otel:4318"}}',
      `spec.collector.http: must be ${HTTP_URL}, is "otel:4318"`,
    ],
    [
      'an endpoint has the path of a signal',
      '{collector: {http: "https://otel:4318/otlp/v1/traces"}}',
      'spec.collector.http: must be the base of the paths of all signals, is "https://otel:4318/otlp/v1/traces": SDKs add /v1/traces themselves; write "https://otel:4318/otlp"',
    ],
    [
      'an endpoint has a port that does not exist',
      '{collector: {http: "http://otel:65536"}}',
      `spec.collector.http: must be ${HTTP_URL}, is "http://otel:65536"`,
    ],
    [
      'an endpoint refers to a variable that may be undefined',
      '{collector: {grpc: "http://$(HOST_IP):4317"}}',
      `spec.collector.grpc: must be ${GRPC_URL}, is "http://$(HOST_IP):4317"`,
    ],
    [
      'a gRPC endpoint has a path',
      '{collector: {grpc: "http://otel:4317/v1"}}',
      `spec.collector.grpc: must be ${GRPC_URL}, is "http://otel:4317/v1"`,
    ],
    ...['a..b', 'a-.b', '-a', `${'a'.repeat(64)}.b`, '[:::1', '[fe80::1%25eth0]'].map(
      (host): [string, string, string] => [
        `an endpoint has no host name: ${host}`,
        `{collector: {grpc: "http://${host}"}}`,
        `spec.collector.grpc: must be ${GRPC_URL}, is ${JSON.stringify(`http://${host}`)}`,
      ],
    ),
    ...['http://otel/%', 'http://otel/a%2', 'http://otel/%zz'].map((url): [string, string, string] => [
      `an endpoint has a "%" that encodes nothing: ${url}`,
      `{collector: {http: "${url}"}}`,
      `spec.collector.http: must be ${HTTP_URL}, is "${url}"`,
    ]),
    [
      'addresses have the characters of IPv6 alone',
      '{collector: {grpc: "http://[:::]:4317", http: "http://[1.2.3.4]/otlp"}, jaegerAgent: {host: "[12345::]"}}',
      'spec.collector.grpc: must have an IPv6 address in its brackets, is "http://[:::]:4317"',
      'spec.collector.http: must have an IPv6 address in its brackets, is "http://[1.2.3.4]/otlp"',
      'spec.jaegerAgent.host: must have an IPv6 address in its brackets, is "[12345::]"',
    ],
    [
      'hosts are numbers, but no address',
      '{collector: {grpc: "http://10.0.0.256:4317", http: "http://4318"}, jaegerAgent: {host: a.10}}',
      'spec.collector.grpc: must have a host name, or an IPv4 address of four numbers from 0 to 255, is "http://10.0.0.256:4317"',
      'spec.collector.http: must have a host name, or an IPv4 address of four numbers from 0 to 255, is "http://4318"',
      'spec.jaegerAgent.host: must have a host name, or an IPv4 address of four numbers from 0 to 255, is "a.10"',
    ],
    [
      'a host is longer than DNS allows',
      `{jaegerAgent: {host: ${LONG_HOST}}}`,
      `spec.jaegerAgent.host: must have a host of at most 253 characters, is ${cut(LONG_HOST)}`,
    ],
    [
      'the protocol is unknown',
      '{collector: {protocol: http}}',
      'spec.collector.protocol: must be grpc or http/protobuf, is "http"',
    ],
    [
      'the signals are no list',
      '{collector: {signals: traces}}',
      'spec.collector.signals: must be a list of different names that has "traces" in it: traces, metrics, logs, is "traces"',
    ],
    [
      'the signals are without traces',
      '{collector: {signals: [metrics]}}',
      'spec.collector.signals: must be a list of different names that has "traces" in it: traces, metrics, logs, is ["metrics"]',
    ],
    [
      'there are no signals',
      '{collector: {signals: []}}',
      'spec.collector.signals: must be a list of different names that has "traces" in it: traces, metrics, logs, is []',
    ],
    [
      'a signal is there twice',
      '{collector: {signals: [traces, traces]}}',
      'spec.collector.signals: must be a list of different names, has "traces" twice',
    ],
    [
      'a signal is unknown',
      '{collector: {signals: [traces, spans]}}',
      'spec.collector.signals[1]: must be traces, metrics or logs, is "spans"',
    ],
    [
      'a signal is null',
      '{collector: {signals: [traces, null]}}',
      'spec.collector.signals[1]: must be traces, metrics or logs, is null',
    ],
    [
      'a reference lacks its key',
      '{collector: {headersFrom: {name: otlp}}}',
      `spec.collector.headersFrom.key: is missing: must be ${KEY}`,
    ],
    [
      'a reference is empty',
      '{collector: {certificateAuthority: {}}}',
      `spec.collector.certificateAuthority.configMap: is missing: must be ${OBJECT_NAME}`,
      `spec.collector.certificateAuthority.key: is missing: must be ${KEY}`,
    ],
    [
      'a reference names what cannot exist',
      '{collector: {headersFrom: {name: Otlp_Headers, key: a/b}}}',
      `spec.collector.headersFrom.name: must be ${OBJECT_NAME}, is "Otlp_Headers"`,
      `spec.collector.headersFrom.key: must be ${KEY}, is "a/b"`,
    ],
    ...['.', '..', '..x'].map((key): [string, string, string] => [
      `a key is ${key}`,
      `{collector: {headersFrom: {name: otlp, key: "${key}"}}}`,
      `spec.collector.headersFrom.key: must be ${KEY}, is "${key}"`,
    ]),
    [
      'a key of a ConfigMap leads out of its folder',
      '{collector: {certificateAuthority: {configMap: ca, key: ..data}}}',
      `spec.collector.certificateAuthority.key: must be ${KEY}, is "..data"`,
    ],
    [
      'a reference is longer than the API server allows',
      `{collector: {headersFrom: {name: ${LONG_NAME}, key: ${LONG_NAME}}}}`,
      'spec.collector.headersFrom.name: must have at most 253 characters, has 254',
      'spec.collector.headersFrom.key: must have at most 253 characters, has 254',
    ],
    [
      'a flag is a text',
      '{jaegerAgent: {enabled: "true"}}',
      'spec.jaegerAgent.enabled: must be true or false (without quotes), is "true"',
    ],
    [
      'a host is a URL',
      '{jaegerAgent: {host: "http://jaeger"}}',
      `spec.jaegerAgent.host: must be ${HOST}, is "http://jaeger"`,
    ],
    ['a host has an empty label', '{jaegerAgent: {host: a..b}}', `spec.jaegerAgent.host: must be ${HOST}, is "a..b"`],
    [
      'a port is no number',
      '{jaegerAgent: {compactPort: 80a}}',
      'spec.jaegerAgent.compactPort: must be a whole number from 1 to 65535, is "80a"',
    ],
    [
      'a port is out of range',
      '{jaegerAgent: {compactPort: 0, binaryPort: 65536.5}}',
      'spec.jaegerAgent.compactPort: must be a whole number from 1 to 65535, is 0',
      'spec.jaegerAgent.binaryPort: must be a whole number from 1 to 65535, is 65536.5',
    ],
    [
      'an attribute is a number',
      '{resourceAttributes: {shard: 7}}',
      `spec.resourceAttributes.shard: must be ${ATTRIBUTE_VALUE}, is 7`,
    ],
    [
      'an attribute is empty, or has a NUL in it, or is too long',
      `{resourceAttributes: {a: "", b: "x\\0", c: ${'a'.repeat(4097)}}}`,
      `spec.resourceAttributes.a: must be ${ATTRIBUTE_VALUE}, is ""`,
      `spec.resourceAttributes.b: must be ${ATTRIBUTE_VALUE}, is "x\\u0000"`,
      'spec.resourceAttributes.c: must have at most 4096 characters, has 4097',
    ],
    [
      'texts and lists are longer than a rule of the API server may cost',
      `{collector: {http: "http://otel/${'a'.repeat(1024)}"}, jaegerAgent: {host: ${'a'.repeat(1025)}}, skipEnv: [${'A'.repeat(254)}]}`,
      'spec.collector.http: must have at most 1024 characters, has 1036',
      'spec.jaegerAgent.host: must have at most 1024 characters, has 1025',
      'spec.skipEnv[0]: must have at most 253 characters, has 254',
    ],
    [
      'more variables are skipped than there are',
      `{skipEnv: [${Array.from({ length: 257 }, () => 'A').join(', ')}]}`,
      'spec.skipEnv: must have at most 256 items, has 257',
    ],
    [
      'there are more strategies than an object holds',
      `{sampling: {default: {type: const, param: 1, operations: [${operationsOf(101)}]}, services: [{service: ${'a'.repeat(256)}, type: const, param: 1}]}}`,
      'spec.sampling.default.operations: must have at most 100 items, has 101',
      'spec.sampling.services[0].service: must have at most 255 characters, has 256',
    ],
    [
      'there are more attributes than a request should carry',
      `{resourceAttributes: {${Array.from({ length: 129 }, (_, index) => `a${index}: x`).join(', ')}}}`,
      'spec.resourceAttributes: must have at most 128 entries, has 129',
    ],
    [
      'an attribute is the service name',
      '{resourceAttributes: {service.name: shop}}',
      `spec.resourceAttributes.service.name: the key must be ${ATTRIBUTE_NAME}, is "service.name"`,
    ],
    [
      'an attribute has a name that needs encoding',
      '{resourceAttributes: {"a,b": x, __proto__: x}}',
      `spec.resourceAttributes["a,b"]: the key must be ${ATTRIBUTE_NAME}, is "a,b"`,
      `spec.resourceAttributes.__proto__: the key must be ${ATTRIBUTE_NAME}, is "__proto__"`,
    ],
    [
      'a propagator is unknown',
      '{propagators: [w3c]}',
      'spec.propagators[0]: must be tracecontext, baggage, b3, b3multi, jaeger, xray, ottrace or none, is "w3c"',
    ],
    [
      'there are no propagators',
      '{propagators: []}',
      'spec.propagators: must be a list of different propagators, is []',
    ],
    [
      'a propagator is there three times',
      '{propagators: [b3, b3, b3]}',
      'spec.propagators: must be a list of different names, has "b3" twice',
    ],
    [
      'no propagator and another are wanted',
      '{propagators: [none, b3]}',
      'spec.propagators: must have "none" alone or not at all: with others beside it, Java applications do not start',
    ],
    [
      'a variable has an impossible name',
      '{skipEnv: [OTEL-X, 1]}',
      'spec.skipEnv[0]: must be the name of an environment variable, is "OTEL-X"',
      'spec.skipEnv[1]: must be the name of an environment variable, is 1',
    ],
    ['a list is a text', '{skipEnv: OTEL_X}', 'spec.skipEnv: must be a list, is "OTEL_X"'],
    ['the services are a map', '{sampling: {services: {a: 1}}}', 'spec.sampling.services: must be a list, is a map'],
    [
      'a strategy has no fields',
      '{sampling: {default: {}}}',
      'spec.sampling.default.type: is missing: must be probabilistic, ratelimiting or const',
      `spec.sampling.default.param: is missing: must be ${PARAM}`,
    ],
    [
      'a strategy is unknown',
      '{sampling: {default: {type: always, param: 1}}}',
      'spec.sampling.default.type: must be probabilistic, ratelimiting or const, is "always"',
    ],
    [
      'a share is over 1',
      '{sampling: {default: {type: probabilistic, param: 10}}}',
      'spec.sampling.default.param: must be a number from 0 to 1 for type probabilistic (0.1 keeps 10 %), is 10',
    ],
    [
      'a rate is a fraction',
      '{sampling: {default: {type: ratelimiting, param: 0.5}}}',
      "spec.sampling.default.param: must be a whole number of traces per second for type ratelimiting, is 0.5: Jaeger's protocol has no fractions of a trace, so servers would cut it to 0",
    ],
    [
      'a rate has more than 32 bits',
      '{sampling: {default: {type: ratelimiting, param: 2147483648}}}',
      "spec.sampling.default.param: must be at most 2147483647 traces per second for type ratelimiting, is 2147483648: Jaeger's protocol has 32 bits for it",
    ],
    [
      'a constant is neither',
      '{sampling: {default: {type: const, param: 2}}}',
      'spec.sampling.default.param: must be 1 (all traces) or 0 (none) for type const, is 2',
    ],
    [
      'a param is negative',
      '{sampling: {default: {type: const, param: -1}}}',
      `spec.sampling.default.param: must be ${PARAM}, is -1`,
    ],
    [
      'a param is a text',
      '{sampling: {default: {type: const, param: "1"}}}',
      `spec.sampling.default.param: must be ${PARAM}, is "1"`,
    ],
    [
      'a service has no name',
      '{sampling: {services: [{service: "", type: const, param: 1}]}}',
      'spec.sampling.services[0].service: must be a name that is not empty, is ""',
    ],
    [
      'a service is a name only',
      '{sampling: {services: [checkout]}}',
      'spec.sampling.services[0]: must be a map with the fields service, type, param, operations, is "checkout"',
    ],
    [
      'a service has two strategies',
      '{sampling: {services: [{service: a, type: const, param: 1}, {service: b, type: const, param: 1}, {service: a, type: const, param: 0}]}}',
      'spec.sampling.services[2].service: "a" has a strategy already (spec.sampling.services[0]): keep one of the two',
    ],
    [
      'an operation has two strategies',
      '{sampling: {services: [{service: a, type: const, param: 1, operations: [{operation: GET, type: probabilistic, param: 1}, {operation: GET, type: probabilistic, param: 0}]}]}}',
      'spec.sampling.services[0].operations[1].operation: "GET" has a strategy already (spec.sampling.services[0].operations[0]): keep one of the two',
    ],
    [
      'an operation is rate limited',
      '{sampling: {default: {type: const, param: 1, operations: [{operation: GET, type: ratelimiting, param: 5}]}}}',
      'spec.sampling.default.operations[0].type: must be probabilistic, is "ratelimiting"',
      'spec.sampling.default.operations[0].param: must be a number from 0 to 1, is 5',
    ],
    ...[
      '',
      'https://ghcr.io/x',
      'Otel/Collector::1',
      'ghcr.io/Team/collector',
      'ghcr.io//collector',
      'ghcr.io:65536/collector',
      'collector:',
      'collector:.1',
      'collector:1:2',
      'collector@sha256:abc',
      'team/-collector',
      'a b',
      '/collector',
    ].map((image): [string, string, string] => [
      `no image can be named ${JSON.stringify(image)}`,
      `{sidecar: {image: "${image}"}}`,
      `spec.sidecar.image: must be ${IMAGE}, is "${image}"`,
    ]),
    [
      'an image is longer than a reference may be',
      `{sidecar: {image: ${'a'.repeat(256)}}}`,
      'spec.sidecar.image: must have at most 255 characters, has 256',
    ],
    [
      'a quantity is a number',
      '{sidecar: {resources: {limits: {cpu: 1}}}}',
      `spec.sidecar.resources.limits.cpu: must be ${CPU}, is 1`,
    ],
    [
      'a quantity has a suffix that does not exist',
      '{sidecar: {resources: {limits: {memory: 128MB}}}}',
      `spec.sidecar.resources.limits.memory: must be ${BYTES}, is "128MB"`,
    ],
    [
      'a resource is unknown',
      '{sidecar: {resources: {limits: {memroy: 1Gi}}}}',
      'spec.sidecar.resources.limits.memroy: no such field; did you mean memory? allowed: cpu, memory, ephemeral-storage',
    ],
    [
      'a memory limit has a slip of the suffix',
      '{sidecar: {resources: {limits: {memory: "128"}}}}',
      'spec.sidecar.resources.limits.memory: must be at least 16Mi for a Collector to start, is "128"',
    ],
    ...['100m', '134217728.5', '0.1Gi', '1e-9', '1099511627775999m'].map((memory): [string, string, string] => [
      `a memory limit has a fraction of a byte: ${memory}`,
      `{sidecar: {resources: {limits: {memory: "${memory}"}}}}`,
      `spec.sidecar.resources.limits.memory: must be a whole number of bytes such as "128Mi", is "${memory}"`,
    ]),
    ...['1e400', '16E', '1025Gi', '1099511627777'].map((memory): [string, string, string] => [
      `a memory limit is more than there is: ${memory}`,
      `{sidecar: {resources: {limits: {memory: "${memory}"}}}}`,
      `spec.sidecar.resources.limits.memory: must be at most 1Ti, is "${memory}"`,
    ]),
    [
      'an exponent is longer than the API server reads',
      '{sidecar: {resources: {limits: {memory: "1e-99999999999999999999"}}}}',
      `spec.sidecar.resources.limits.memory: must be ${BYTES}, is "1e-99999999999999999999"`,
    ],
    [
      'other resources are more than there is',
      '{sidecar: {resources: {requests: {cpu: 2k, memory: 2Ti, ephemeral-storage: 2Ti}, limits: {cpu: "1025", ephemeral-storage: 1m}}}}',
      'spec.sidecar.resources.requests.cpu: must be at most 1024, is "2k"',
      'spec.sidecar.resources.requests.memory: must be at most 1Ti, is "2Ti"',
      'spec.sidecar.resources.requests.ephemeral-storage: must be at most 1Ti, is "2Ti"',
      'spec.sidecar.resources.limits.cpu: must be at most 1024, is "1025"',
      'spec.sidecar.resources.limits.ephemeral-storage: must be a whole number of bytes such as "128Mi", is "1m"',
    ],
    [
      'a limit is below the built-in request',
      '{sidecar: {resources: {limits: {memory: 32Mi}}}}',
      'spec.sidecar.resources.limits.memory: must be at least the request, "64Mi" (built-in default), is "32Mi"',
    ],
    [
      'a request is above the built-in limit',
      '{sidecar: {resources: {requests: {memory: 1Gi}}}}',
      'spec.sidecar.resources.requests.memory: must be at most the limit, "128Mi" (built-in default), is "1Gi"',
    ],
    [
      'a request is above its own limit',
      '{sidecar: {resources: {requests: {cpu: "1"}, limits: {cpu: 500m}}}}',
      'spec.sidecar.resources.limits.cpu: must be at least the request, "1" (ClusterTracingConfig default), is "500m"',
    ],
  ];
  it.each(cases)('%s', (_, spec, ...problems) => {
    const text = `{apiVersion: tracehook.io/v1alpha1, kind: ClusterTracingConfig, metadata: {name: default}, spec: ${spec}}`;
    const where = 'config.yaml: document 1 (ClusterTracingConfig default): ';
    expect(problemsOf(text)).toEqual(problems.map((problem) => where + problem));
  });
});

describe('a document is refused if', () => {
  const KINDS = 'ClusterTracingConfig, TracingConfig, Namespace, ConfigMap or List';
  const ours = 'apiVersion: tracehook.io/v1alpha1';
  const cases: readonly [string, string, ...string[]][] = [
    ['it is a text', 'hello', ': must be a map with the fields apiVersion, kind and metadata, is "hello"'],
    ['it is a list', '[1, {}]', ': must be a map with the fields apiVersion, kind and metadata, is a list'],
    ['it has no kind', '{a: 1}', `: kind: is missing: must be ${KINDS}`],
    ['its kind is of others', '{apiVersion: v1, kind: Secret}', `: kind: must be ${KINDS}, is "Secret"`],
    [
      'its kind is misspelled',
      '{apiVersion: v1, kind: Namespaces}',
      `: kind: must be ${KINDS}, is "Namespaces"; did you mean Namespace?`,
    ],
    ['its kind is a method', '{kind: constructor}', `: kind: must be ${KINDS}, is "constructor"`],
    ['its kind is a map', '{kind: {}}', `: kind: must be ${KINDS}, is a map`],
    [
      'its version is another',
      '{apiVersion: tracehook.io/v1, kind: TracingConfig, metadata: {name: default, namespace: a}}',
      ' (TracingConfig a/default): apiVersion: must be tracehook.io/v1alpha1 for kind TracingConfig, is "tracehook.io/v1"',
    ],
    [
      'it has no version',
      '{kind: Namespace, metadata: {name: a}}',
      ' (Namespace a): apiVersion: is missing: must be v1 for kind Namespace',
    ],
    [
      'it has no metadata',
      `{${ours}, kind: ClusterTracingConfig}`,
      ' (ClusterTracingConfig): metadata: is missing: must be {name: default}',
    ],
    [
      'it has no metadata, and is for a namespace',
      `{${ours}, kind: TracingConfig, spec: {mode: x}}`,
      ' (TracingConfig): metadata: is missing: must be {name: default, namespace: <the namespace that it configures>}',
      ' (TracingConfig): spec.mode: must be env or sidecar, is "x"',
    ],
    [
      'its metadata is a text',
      '{apiVersion: v1, kind: ConfigMap, metadata: app}',
      ' (ConfigMap): metadata: must be {name: …, namespace: …}, is "app"',
    ],
    [
      'it has another name than the one that counts',
      `{${ours}, kind: ClusterTracingConfig, metadata: {name: prod}}`,
      ' (ClusterTracingConfig prod): metadata.name: must be default (a cluster has one ClusterTracingConfig), is "prod"',
    ],
    [
      'it has no name',
      `{${ours}, kind: TracingConfig, metadata: {namespace: shop}}`,
      ' (TracingConfig shop): metadata.name: is missing: must be default (a namespace has one TracingConfig)',
    ],
    [
      'a namespace is named for the whole cluster',
      `{${ours}, kind: ClusterTracingConfig, metadata: {name: default, namespace: shop}}`,
      ' (ClusterTracingConfig shop/default): metadata.namespace: must not be there: a ClusterTracingConfig holds for every namespace (kind TracingConfig is for one)',
    ],
    [
      'no namespace is named',
      `{${ours}, kind: TracingConfig, metadata: {name: default}}`,
      ' (TracingConfig default): metadata.namespace: is missing: must be the name of the namespace that it configures',
    ],
    [
      'a field beside spec is misspelled',
      `{${ours}, kind: ClusterTracingConfig, metadata: {name: default}, sepc: {}}`,
      ' (ClusterTracingConfig default): sepc: no such field; did you mean spec? allowed: apiVersion, kind, metadata, spec, status',
    ],
    [
      'a field beside spec is no word',
      `{${ours}, kind: ClusterTracingConfig, metadata: {name: default}, "a b": {}}`,
      ' (ClusterTracingConfig default): ["a b"]: no such field; allowed: apiVersion, kind, metadata, spec, status',
    ],
    [
      'a Namespace has no name',
      '{apiVersion: v1, kind: Namespace, metadata: {}}',
      ' (Namespace): metadata.name: is missing: must be the name of a namespace (lower-case letters, digits and "-")',
    ],
    [
      'a Namespace has an impossible name',
      '{apiVersion: v1, kind: Namespace, metadata: {name: "My shop"}}',
      ' (Namespace): metadata.name: must be the name of a namespace (lower-case letters, digits and "-"), is "My shop"',
    ],
    [
      'a label is no text',
      '{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {tracehook.io/injection: true}}}',
      ` (Namespace shop): metadata.labels.tracehook.io/injection: must be ${TEXT}, is true`,
    ],
    [
      'labels are a list',
      '{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: [a]}}',
      ' (Namespace shop): metadata.labels: must be a map of texts, is ["a"]',
    ],
    [
      'a ConfigMap has no name',
      '{apiVersion: v1, kind: ConfigMap, metadata: {namespace: shop}}',
      ' (ConfigMap shop): metadata.name: is missing: must be the name of a ConfigMap',
    ],
    [
      'a ConfigMap has a name that is too long',
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${LONG_NAME}}}`,
      ` (ConfigMap): metadata.name: must be the name of a ConfigMap, is ${cut(LONG_NAME)}`,
    ],
    [
      'a ConfigMap is in no possible namespace',
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: app, namespace: 7}}',
      ' (ConfigMap app): metadata.namespace: must be the name of a namespace, is 7',
    ],
    [
      'a value of a ConfigMap is no text',
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: app}, data: {PORT: 80}}',
      ` (ConfigMap app): data.PORT: must be ${TEXT}, is 80`,
    ],
    ['a List has no items', '{apiVersion: v1, kind: List}', ': items: is missing: must be a list of documents'],
    [
      'a List is of another version',
      '{apiVersion: v2, kind: List, items: []}',
      ': apiVersion: must be v1 for kind List, is "v2"',
    ],
    [
      'a List holds Lists',
      '{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: []}]}',
      `: items[0]: kind: must be ${KINDS}, is "List"`,
    ],
    [
      'an object is in a List twice',
      '{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}, {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: default}}]}',
      ': items[1] (ConfigMap default/a): metadata.name: is here a second time, the first is config.yaml: document 1: items[0] (ConfigMap a): keep one of the two',
    ],
  ];
  it.each(cases)('%s', (_, text, ...problems) => {
    expect(problemsOf(text)).toEqual(problems.map((problem) => `config.yaml: document 1${problem}`));
  });
});

describe('several documents', () => {
  it('have all their mistakes told at once, in the order of the file', () => {
    const text = `apiVersion: tracehook.io/v1alpha1
kind: ClusterTracingConfig
metadata: {name: default}
spec:
  mode: Env
  jaegerAgent: {compactPort: 80a}
  sampling: {default: {type: const, param: 3}}
---
kind: Pod
---
apiVersion: v1
kind: Namespace
metadata: {name: Shop}
`;
    expect(problemsOf(text).map((line) => line.replace(/: (must|is) .*/, ''))).toEqual([
      'config.yaml: document 1 (ClusterTracingConfig default): spec.mode',
      'config.yaml: document 1 (ClusterTracingConfig default): spec.jaegerAgent.compactPort',
      'config.yaml: document 1 (ClusterTracingConfig default): spec.sampling.default.param',
      'config.yaml: document 2: kind',
      'config.yaml: document 3 (Namespace Shop): metadata.name',
    ]);
  });
  it.each([
    ['apiVersion: tracehook.io/v1alpha1, kind: ClusterTracingConfig', 'name: default', 'ClusterTracingConfig default'],
    [
      'apiVersion: tracehook.io/v1alpha1, kind: TracingConfig',
      'name: default, namespace: shop',
      'TracingConfig shop/default',
    ],
    ['apiVersion: v1, kind: Namespace', 'name: shop', 'Namespace shop'],
    ['apiVersion: v1, kind: ConfigMap', 'name: app, namespace: shop', 'ConfigMap shop/app'],
  ])('may not be the same twice: %s', (kind, metadata, name) => {
    const text = `{${kind}, metadata: {${metadata}}}`;
    expect(problemsOf(`${text}\n---\n${text}\n`)).toEqual([
      `config.yaml: document 2 (${name}): metadata.name: is here a second time, the first is config.yaml: document 1 (${name}): keep one of the two`,
    ]);
  });
  const cluster = (resources: string) =>
    `{apiVersion: tracehook.io/v1alpha1, kind: ClusterTracingConfig, metadata: {name: default}, spec: {sidecar: {resources: ${resources}}}}`;
  const shop = (resources: string) =>
    `{apiVersion: tracehook.io/v1alpha1, kind: TracingConfig, metadata: {name: default, namespace: shop}, spec: {sidecar: {resources: ${resources}}}}`;
  it('are held against each other: a request of a namespace, a limit of the cluster', () => {
    const text = `${shop('{requests: {memory: 300Mi}}')}\n---\n${cluster('{limits: {memory: 256Mi}}')}`;
    expect(problemsOf(text)).toEqual([
      'config.yaml: document 1 (TracingConfig shop/default): spec.sidecar.resources.requests.memory: must be at most the limit, "256Mi" (ClusterTracingConfig default), is "300Mi"',
    ]);
  });
  it('have a mistake of the cluster told once, not for each namespace', () => {
    const text = `${cluster('{limits: {memory: 48Mi}}')}\n---\n${shop('{limits: {cpu: "1"}}')}`;
    expect(problemsOf(text)).toEqual([
      'config.yaml: document 1 (ClusterTracingConfig default): spec.sidecar.resources.limits.memory: must be at least the request, "64Mi" (built-in default), is "48Mi"',
    ]);
  });
  it('are not held against a cluster default that is itself refused', () => {
    const text = `${cluster('{limits: {memory: 1}}')}\n---\n${shop('{requests: {memory: 300Mi}}')}`;
    expect(problemsOf(text)).toEqual([
      `config.yaml: document 1 (ClusterTracingConfig default): spec.sidecar.resources.limits.memory: must be ${BYTES}, is 1`,
    ]);
  });
});

describe('a hostile document', () => {
  const read = (spec: unknown) => {
    const value = {
      apiVersion: 'tracehook.io/v1alpha1',
      kind: 'ClusterTracingConfig',
      metadata: { name: 'default' },
      spec,
    };
    const result = readDocuments([{ where: 'c', value }]);
    return 'problems' in result ? result.problems : [];
  };
  const nested = (depth: number): unknown => {
    let value: unknown = [];
    for (let level = 0; level < depth; level += 1) value = [value];
    return value;
  };

  it('with texts of a megabyte has messages of a few lines', () => {
    const long = 'a'.repeat(2 ** 20);
    const problems = read({
      mode: long,
      [long]: 1,
      collector: { http: `http://${long}!`, headersFrom: { name: `${long}!`, key: long } },
    });
    expect(problems).toHaveLength(5);
    for (const { where, message } of problems) expect(where.length + message.length).toBeLessThan(500);
  });
  it('with numbers that JSON does not have names them', () => {
    for (const param of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(read({ sampling: { default: { type: 'const', param } } })).toEqual([
        {
          where: 'c (ClusterTracingConfig default): spec.sampling.default.param',
          message: `must be ${PARAM}, is ${param}`,
        },
      ]);
    }
  });
  it('nested deeper than the stack has messages like any other', () => {
    const deep = nested(200_000);
    expect(read({ mode: deep, skipEnv: deep, propagators: deep }).map(({ message }) => message)).toEqual([
      'must be env or sidecar, is a list',
      'must be tracecontext, baggage, b3, b3multi, jaeger, xray, ottrace or none, is a list',
      'must be the name of an environment variable, is a list',
    ]);
    expect(read(deep)).toHaveLength(1);
  });
  it('that contains itself is judged as far as the schema goes', () => {
    const circle: Record<string, unknown> = {};
    circle['skipEnv'] = [circle];
    expect(read(circle).map(({ message }) => message)).toEqual([
      'must be the name of an environment variable, is a map',
    ]);
  });
  it('with a hundred thousand mistakes gets a list that says that it is not all', () => {
    const problems = read(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 1])));
    expect(problems.length).toBeLessThan(3000);
    expect(problems.at(-1)).toEqual({
      where: 'c (ClusterTracingConfig default): spec',
      message: 'has more mistakes than are listed here',
    });
  });
  it('with a list of one name over and over has two problems', () => {
    expect(read({ propagators: Array.from({ length: 100_000 }, () => 'b3') })).toEqual([
      {
        where: 'c (ClusterTracingConfig default): spec.propagators',
        message: 'must have at most 8 items, has 100000',
      },
      {
        where: 'c (ClusterTracingConfig default): spec.propagators',
        message: 'must be a list of different names, has "b3" twice',
      },
    ]);
  });
});
