/** Environment variables from a generator: those of a Pod that the API server takes, and any at all. */
import fc from 'fast-check';
import { VARIABLE_NAMES } from '../../src/inject/variable-names.ts';

/** Variables by which a container says something about tracing, and some that values refer to. */
const NAMES = [
  ...VARIABLE_NAMES,
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL',
  'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
  'OTEL_TRACES_EXPORTER',
  'OTEL_METRIC_EXPORT_INTERVAL',
  'OTEL_BLRP_SCHEDULE_DELAY',
  'OTEL_CONFIG_FILE',
  'OTEL_EXPERIMENTAL_CONFIG_FILE',
  'OTEL_SDK_DISABLED',
  'OTEL_LOG_LEVEL',
  'JAEGER_ENDPOINT',
  'FIRST',
  'SECOND',
  'THIRD',
  'POD_IP',
] as const;

const TEXTS = [
  '',
  'true',
  'TRUE',
  'otlp',
  'none',
  'console, otlp',
  'a b',
  'shop',
  'mine',
  '$(FIRST)',
  '$(SECOND)',
  '$(THIRD)$(THIRD)',
  '$$(FIRST)',
  '$$$(FIRST)',
  'x$(POD_IP)y',
  '$(SHOP_SERVICE_HOST)',
  '$(',
  '☃,=%+',
  '$',
  'http://mine:4317',
] as const;

const ATTRIBUTES = [
  '',
  'team=a',
  'team=a,',
  'service.name=mine',
  'service.name=',
  'service.name=$(FIRST)',
  'k8s.pod.name=x,broken',
  'k8s.pod.name=$(TRACEHOOK_POD_NAME)',
  '$(FIRST),team=b',
  '$(FIRST)',
  ' a = b ',
  'a=$',
  'a=$(',
  'a=%zz,%41=b,%',
  'team=a,team=b',
] as const;

const SOURCES = [
  { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } },
  { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.uid' } },
  { fieldRef: { apiVersion: 'v1', fieldPath: 'status.hostIP' } },
  { secretKeyRef: { name: 'tokens', key: 'a', optional: true } },
  { configMapKeyRef: { name: 'known', key: 'FIRST', optional: true } },
  { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } },
] as const;

/** An entry as users write it: `null` where a manifest has an empty field. */
interface Entry {
  readonly name: string;
  readonly value?: string | null;
  readonly valueFrom?: object | null;
}

const entryOf = (names: fc.Arbitrary<string>, texts: fc.Arbitrary<string>, attributes: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record<Entry>({ name: names, value: texts }) },
    { weight: 1, arbitrary: fc.record<Entry>({ name: names, valueFrom: fc.constantFrom(...SOURCES) }) },
    {
      weight: 2,
      arbitrary: attributes.map((value): Entry => ({ name: 'OTEL_RESOURCE_ATTRIBUTES', value })),
    },
  );

const validEntry = entryOf(fc.constantFrom(...NAMES), fc.constantFrom(...TEXTS), fc.constantFrom(...ATTRIBUTES));

/** Variables as they are stored: the API server leaves out what is empty. Names may be there twice, which it warns about. */
export const validEnv: fc.Arbitrary<Entry[]> = fc
  .array(validEntry, { maxLength: 7 })
  .map((entries) => entries.map((entry) => (entry.value === '' ? { name: entry.name } : entry)));

/** Scraps of which references are made, whole and broken. */
const scraps = fc
  .array(
    fc.constantFrom('$(', ')', '$', '$$', '$(FIRST)', '$(OTEL_SERVICE_NAME)', 'a', ',', '=', '%', ' ', '\n', 'é'),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));

/** Longer than a variable may be, and references that multiply. */
const HUGE = ['x'.repeat(66_000), `team=${'é'.repeat(33_000)}`, '$(FIRST)'.repeat(500), ','.repeat(5_000)] as const;

/** Any text: Unicode, control characters, halves of surrogate pairs. */
export const wildText: fc.Arbitrary<string> = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 10, arbitrary: scraps },
  { weight: 12, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom('\ud800', '\udfff\ud800', 'a\0b', '\u0085\u2028', '__proto__', '👩‍👩‍👧e\u0301', 'عربى'),
  },
);

const wildName: fc.Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom('', '__proto__', 'constructor', 'a.b-c', 'otel_service_name', 'é') },
  { weight: 1, arbitrary: fc.constantFrom('OTEL_METRICS_', 'OTEL_LOGS_X', 'TRACEHOOK_MINE', 'A'.repeat(300)) },
);
const wildAttributes: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ATTRIBUTES) },
  { weight: 1, arbitrary: wildText },
);
const wildEntry: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 300, arbitrary: entryOf(wildName, wildText, wildAttributes) },
  { weight: 6, arbitrary: wildName.map((name): Entry => ({ name, value: null, valueFrom: null })) },
  { weight: 3, arbitrary: wildName.map((name): Entry => ({ name, value: 'both', valueFrom: SOURCES[0] })) },
  { weight: 3, arbitrary: wildName.map((name) => ({ name, value: 'x', futureField: [1, { deep: null }] })) },
  { weight: 1, arbitrary: fc.record<Entry>({ name: wildName, value: fc.constantFrom(...HUGE) }) },
);

/** Any variables: duplicates, names that none should have, fields that do not exist yet. */
export const wildEnv: fc.Arbitrary<Entry[]> = fc.array(wildEntry, { maxLength: 9, size: 'max' });

const PREFIXES = ['OTEL_', 'APP_', 'JAEGER_', 'OTEL_METRIC'] as const;
const sourceOf = (refs: fc.Arbitrary<object>) =>
  fc
    .tuple(fc.option(fc.constantFrom(...PREFIXES), { nil: undefined }), refs)
    .map(([prefix, ref]) => (prefix === undefined ? ref : { prefix, ...ref }));
const validSource = sourceOf(
  fc.constantFrom(
    { configMapRef: { name: 'known', optional: true } },
    { configMapRef: { name: 'other', optional: true } },
    { secretRef: { name: 'secret', optional: true } },
  ),
);

/** `envFrom` of a Pod that the API server takes. */
export const validEnvFrom: fc.Arbitrary<object[]> = fc.array(validSource, { maxLength: 2 });

/** Any `envFrom`: a source that is none, names that are absent. */
export const wildEnvFrom: fc.Arbitrary<object[]> = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: validSource },
    {
      weight: 1,
      arbitrary: fc.constantFrom<object[]>(
        {},
        { prefix: null, configMapRef: null, secretRef: null },
        { configMapRef: { name: 'empty' } },
        { configMapRef: {} },
        { configMapRef: { name: 'known' }, secretRef: { name: 'secret' } },
        { futureRef: { name: 'x' } },
      ),
    },
  ),
  { maxLength: 3 },
);
