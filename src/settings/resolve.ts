import type { ServiceStrategy, Strategy } from '../sampling/index.ts';
import type { Mode, Protocol, Signal, TracingSpec } from './schema.ts';

/** One effective value, the field that it came from (`collector.http`), and whose it is (`TracingConfig production/default`). */
export interface Setting<T> {
  readonly path: string;
  readonly value: T;
  readonly source: string;
}

/** A Secret's or ConfigMap's key. */
interface SecretKey {
  readonly name: string;
  readonly key: string;
}
interface ConfigMapKey {
  readonly configMap: string;
  readonly key: string;
}

/** Effective settings of one namespace; each value remembers its source. */
export interface Settings {
  readonly mode: Setting<Mode>;
  readonly collector: {
    readonly grpc: Setting<string | undefined>;
    readonly http: Setting<string | undefined>;
    readonly protocol: Setting<Protocol>;
    readonly signals: Setting<readonly Signal[]>;
    readonly headersFrom: Setting<SecretKey | undefined>;
    readonly certificateAuthority: Setting<ConfigMapKey | undefined>;
  };
  readonly jaegerAgent: {
    readonly enabled: Setting<boolean>;
    readonly host: Setting<string | undefined>;
    readonly compactPort: Setting<number>;
    readonly binaryPort: Setting<number>;
  };
  readonly resourceAttributes: ReadonlyMap<string, Setting<string>>;
  readonly useLabelsForResourceAttributes: Setting<boolean>;
  readonly propagators: Setting<readonly string[] | undefined>;
  readonly skipEnv: Setting<readonly string[]>;
  readonly sampling: {
    readonly live: Setting<boolean>;
    readonly default: Setting<Strategy | undefined>;
    readonly services: Setting<readonly ServiceStrategy[]>;
  };
  readonly sidecar: {
    readonly image: Setting<string>;
    readonly requests: ReadonlyMap<string, Setting<string>>;
    readonly limits: ReadonlyMap<string, Setting<string>>;
  };
}

/** One layer of settings: a document's spec and the document's name, as it is shown to people. */
export interface Layer {
  readonly source: string;
  readonly spec: TracingSpec;
}

/**
 * What holds where no document says otherwise. What is not here is not written unless somebody configures it: an SDK's own
 * default, or the application's own configuration file, is better than a guess of ours.
 */
const BUILT_IN = {
  source: 'built-in default',
  spec: {
    mode: 'env',
    collector: { protocol: 'http/protobuf', signals: ['traces'] },
    jaegerAgent: { enabled: false, compactPort: 6831, binaryPort: 6832 },
    useLabelsForResourceAttributes: false,
    skipEnv: [],
    sampling: { live: false, services: [] },
    sidecar: {
      image: 'otel/opentelemetry-collector-contrib:0.155.0',
      // No CPU limit: a collector throttled at start never becomes ready. Memory as measured for an idle collector, twice over.
      resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    },
  },
} as const satisfies Layer;

/** Settings in force: built-in defaults ← `cluster` ← `namespace`, field by field. Maps merge by key, lists replace. */
export function resolveSettings(cluster: Layer | undefined, namespace: Layer | undefined): Settings {
  const layers = [namespace, cluster].filter((layer) => layer !== undefined);
  const required = requiredFrom(layers);
  const optional = optionalFrom(layers);
  const merged = mergedFrom([BUILT_IN, ...layers.toReversed()]);
  const built = BUILT_IN.spec;
  return {
    mode: required('mode', (spec) => spec.mode, built.mode),
    collector: {
      grpc: optional('collector.grpc', (spec) => spec.collector?.grpc),
      http: optional('collector.http', (spec) => spec.collector?.http),
      protocol: required('collector.protocol', (spec) => spec.collector?.protocol, built.collector.protocol),
      signals: required('collector.signals', (spec) => spec.collector?.signals, built.collector.signals),
      headersFrom: optional('collector.headersFrom', (spec) => spec.collector?.headersFrom),
      certificateAuthority: optional('collector.certificateAuthority', (spec) => spec.collector?.certificateAuthority),
    },
    jaegerAgent: {
      enabled: required('jaegerAgent.enabled', (spec) => spec.jaegerAgent?.enabled, built.jaegerAgent.enabled),
      host: optional('jaegerAgent.host', (spec) => spec.jaegerAgent?.host),
      compactPort: required(
        'jaegerAgent.compactPort',
        (spec) => spec.jaegerAgent?.compactPort,
        built.jaegerAgent.compactPort,
      ),
      binaryPort: required(
        'jaegerAgent.binaryPort',
        (spec) => spec.jaegerAgent?.binaryPort,
        built.jaegerAgent.binaryPort,
      ),
    },
    resourceAttributes: merged('resourceAttributes', (spec) => spec.resourceAttributes),
    useLabelsForResourceAttributes: required(
      'useLabelsForResourceAttributes',
      (spec) => spec.useLabelsForResourceAttributes,
      built.useLabelsForResourceAttributes,
    ),
    propagators: optional('propagators', (spec) => spec.propagators),
    skipEnv: required('skipEnv', (spec) => spec.skipEnv, built.skipEnv),
    sampling: {
      live: required('sampling.live', (spec) => spec.sampling?.live, built.sampling.live),
      default: optional('sampling.default', (spec) => spec.sampling?.default),
      services: required('sampling.services', (spec) => spec.sampling?.services, built.sampling.services),
    },
    sidecar: {
      image: required('sidecar.image', (spec) => spec.sidecar?.image, built.sidecar.image),
      requests: merged('sidecar.resources.requests', (spec) => spec.sidecar?.resources?.requests),
      limits: merged('sidecar.resources.limits', (spec) => spec.sidecar?.resources?.limits),
    },
  };
}

type Field<T> = (spec: TracingSpec) => T | undefined;

function optionalFrom(layers: readonly Layer[]) {
  return <T>(path: string, field: Field<T>): Setting<T | undefined> => {
    for (const { spec, source } of layers) {
      const value = field(spec);
      if (value !== undefined) return { path, value, source };
    }
    return { path, value: undefined, source: 'not configured' };
  };
}

function requiredFrom(layers: readonly Layer[]) {
  const optional = optionalFrom(layers);
  return <T>(path: string, field: Field<T>, builtIn: T): Setting<T> => {
    const { value, source } = optional(path, field);
    return value === undefined ? { path, value: builtIn, source: BUILT_IN.source } : { path, value, source };
  };
}

function mergedFrom(layers: readonly Layer[]) {
  return (path: string, field: Field<Record<string, string>>): ReadonlyMap<string, Setting<string>> => {
    const merged = new Map<string, Setting<string>>();
    for (const { spec, source } of layers) {
      for (const [key, value] of Object.entries(field(spec) ?? {}))
        merged.set(key, { path: `${path}.${key}`, value, source });
    }
    return merged;
  };
}
