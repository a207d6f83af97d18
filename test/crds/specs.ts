// Specs of every kind, right and wrong: texts are put together from parts, so that most mistakes are near what is right.
import fc from 'fast-check';

const texts = (...parts: readonly (readonly string[])[]): fc.Arbitrary<string> =>
  fc.tuple(...parts.map((choices) => fc.constantFrom(...choices))).map((chosen) => chosen.join(''));

const LABEL = 'a'.repeat(63);
const LONG_HOST = Array.from({ length: 64 }, () => 'abc').join('.');
const NAMES = ['otel', 'a.b', 'OTEL.Svc', 'a.', 'a..', 'a..b', '-a', 'a-', 'a_b', 'é', '', 'a b', LABEL, `${LABEL}a`];
const NUMBERS = ['1.2.3.4', '1.2.3.4.', '1.2.3', '256.1.1.1', '01.2.3.4', 'a.1', '1.a', '0', '4318', '0x7f.1'];
const BRACKETS = [
  '[::1] [::] [1::2::3] [1:2:3:4:5:6:7:8] [1:2:3:4:5:6:7::] [12345::] [fe80::1%25eth0] [] [ [1.2.3.4]',
  '[64:ff9b::1.2.3.4] [::g] [ABCD::]',
].flatMap((line) => line.split(' '));
const REFERENCES = ['$(TRACEHOOK_NODE_IP)', '[$(TRACEHOOK_NODE_IP)]', '$(HOST_IP)', '$TRACEHOOK_NODE_IP'];
const LONG = [LONG_HOST, LONG_HOST.slice(0, 253), `${LONG_HOST.slice(0, 253)}.`, `${LONG_HOST.slice(0, 251)}.ab`];
const HOSTS = [NAMES, NUMBERS, BRACKETS, REFERENCES, LONG].flat();
const PORTS = ['', '', ':1', ':4318', ':65535', ':65536', ':0', ':', ':08', ':1:2'];
const PATHS = [
  '',
  '',
  '/',
  '/a/b',
  '/v1/traces',
  '/v1/metrics/',
  '/v1/traces/x',
  '/a%20',
  '/a%2',
  '/é',
  '/a b',
  '?x',
  '\n',
  `/${'a'.repeat(1024)}`,
];
const url = texts(['http://', 'http://', 'https://', '', 'ftp://', 'HTTP://'], HOSTS, PORTS, PATHS);
const host = texts(HOSTS, ['', '', '', ':1', '\n']);

const objectName = texts(['a', 'a-b', 'a.b', 'A', '-a', 'a.', '', 'a_b'], ['', '1', '.x', 'a'.repeat(252)]);
const key = texts(['a', '.', '..', '_', 'a/b', 'é', ''], ['', 'b', '.crt', 'a'.repeat(252)]);
const variable = texts(['A', 'OTEL_X', '_', '1A', 'A-B', 'é', ''], ['', '1', '\n', 'A'.repeat(252)]);
const attribute = texts(['a', 'service.name', 'k8s.pod', '1a', 'a,b', 'a/b', 'é', ''], ['', 'x', '-', 'a'.repeat(254)]);
const value = texts(['a', '😀', '', 'a\nb', 'x\0', ' '], ['', '', 'b', 'a'.repeat(4095), '😀'.repeat(4095)]);
const anyImage = texts(
  ['', 'ghcr.io/', 'ghcr.io:5000/', 'ghcr.io:65536/', 'localhost/', '[::1]/', 'Team/', 'HOST/'],
  ['a', 'a/b', 'a//b', 'a__b', 'a___b', 'a.-b', 'A', 'team/-c', '', 'a'.repeat(250)],
  ['', ':1', ':.1', ':1:2', ':', `:${'1'.repeat(129)}`],
  ['', `@sha256:${'0'.repeat(64)}`, '@sha256:abc', `@sha512:${'0'.repeat(64)}`],
);
const anyQuantity = texts(
  [
    '0',
    '1',
    '16',
    '128',
    '1024',
    '1.5',
    '.5',
    '5.',
    '0.1',
    '-1',
    '+1',
    '007',
    '1.001',
    '134217728.0',
    '1099511627776',
    '1099511627775.5',
    '9'.repeat(20),
    '',
    ' 1',
    '1'.repeat(101),
  ],
  ['', '', 'm', 'k', 'K', 'M', 'Mi', 'G', 'Gi', 'Ti', 'Ei', 'u', 'n', 'B', 'e3', 'E3', 'e-3', 'e+2', 'e400', 'e1000'],
);
const quantity = fc.oneof(
  { arbitrary: fc.constantFrom('16Mi', '64Mi', '128Mi', '0.5Gi', '1Gi', '100m', '1', '134217728'), weight: 3 },
  { arbitrary: anyQuantity, weight: 1 },
);
const image = fc.oneof(fc.constant('ghcr.io/team/collector:1.0'), anyImage);

/** What it should be, and now and then what is of another type. */
const mostly = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary, weight: 30 }, { arbitrary: fc.constantFrom(null, 1, 'x', true, [], {}, 0.5), weight: 1 });
const record = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> =>
  mostly(
    fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, mostly(field)])), {
      requiredKeys: [],
    }),
  );
/** All fields are there, but for now and then. */
const required = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> =>
  mostly(
    fc.oneof(
      { arbitrary: fc.record(Object.fromEntries(Object.entries(fields))), weight: 15 },
      { arbitrary: fc.record({ ...fields }, { requiredKeys: [] }), weight: 1 },
    ),
  );
const words = (...choices: readonly string[]) => fc.constantFrom(...choices, ...choices, 'other');

const port = fc.constantFrom(1, 6831, 65_535, 0, 65_536, -1, 1.5, '1', 1e300);
const param = fc.constantFrom(
  0,
  1,
  0.1,
  0.999,
  1.0001,
  1.5,
  2,
  100,
  -1,
  -0.5,
  2_147_483_647,
  2_147_483_648,
  1e300,
  1e-300,
  '1',
);
const name = fc.constantFrom('a', 'b', 'c', 'GET /', 'é', '', 'a'.repeat(255), '😀'.repeat(255), 'a'.repeat(256));
const operations = fc.oneof(
  fc.constant(undefined),
  fc.array(
    required({
      operation: name,
      type: fc.constantFrom('probabilistic', 'probabilistic', 'const'),
      param: fc.constantFrom(0, 0.5, 1, 1.5, -1),
    }),
    { maxLength: 3 },
  ),
);
const strategy = { type: fc.constantFrom('probabilistic', 'ratelimiting', 'const', 'const', 'always'), param };
const withOperations = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc
    .tuple(required(fields), operations)
    .map(([base, list]) =>
      list === undefined || typeof base !== 'object' || base === null || Array.isArray(base)
        ? base
        : { ...base, operations: list },
    );

const quantities = record({ cpu: quantity, memory: quantity, 'ephemeral-storage': quantity });
const resources = record({ requests: quantities, limits: quantities });

const fields = {
  mode: words('env', 'sidecar'),
  collector: record({
    grpc: url,
    http: url,
    protocol: words('grpc', 'http/protobuf'),
    signals: fc.array(mostly(words('traces', 'traces', 'metrics', 'logs')), { maxLength: 4 }),
    headersFrom: required({ name: objectName, key }),
    certificateAuthority: required({ configMap: objectName, key }),
  }),
  jaegerAgent: record({ enabled: fc.boolean(), host, compactPort: port, binaryPort: port }),
  resourceAttributes: mostly(fc.dictionary(attribute, mostly(value), { maxKeys: 3 })),
  useLabelsForResourceAttributes: fc.boolean(),
  propagators: fc.array(mostly(words('tracecontext', 'baggage', 'b3', 'none')), { maxLength: 9 }),
  skipEnv: fc.array(mostly(variable), { maxLength: 3 }),
  sampling: record({
    live: fc.boolean(),
    default: withOperations(strategy),
    services: fc.array(withOperations({ service: name, ...strategy }), { maxLength: 3 }),
  }),
};

/** A spec with one field, so that one mistake does not hide another. */
export const SPEC: fc.Arbitrary<unknown> = fc.oneof(
  ...Object.entries(fields).map(([field, arbitrary]) => arbitrary.map((given) => ({ [field]: given }))),
);
/** A spec with an image and resources; what is right among them depends on the kind. */
export const SIDECAR: fc.Arbitrary<unknown> = record({ image, resources }).map((sidecar) => ({ sidecar }));
