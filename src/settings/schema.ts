import { type Static, Type } from 'typebox';
import { MOST_SERVICES, ServiceStrategySchema, StrategySchema } from '../sampling/index.ts';
import {
  ATTRIBUTE_NAME,
  DATA_KEY,
  GRPC_URL,
  HOST,
  HTTP_URL,
  IMAGE,
  LONGEST_ADDRESS,
  LONGEST_ATTRIBUTE,
  LONGEST_IMAGE,
  LONGEST_NAME,
  LONGEST_QUANTITY,
  LONGEST_VARIABLE_NAME,
  MOST_ATTRIBUTES,
  MOST_VARIABLES,
  NO_NUL,
  QUANTITY,
  SUBDOMAIN,
  VARIABLE_NAME,
} from './patterns.ts';

/**
 * The `spec` that `ClusterTracingConfig` and `TracingConfig` share. It validates files and types the code.
 *
 * `description` is for readers of the API; `allowed` ends the sentence "must be …" of an error message, `allowedKeys` the
 * sentence "the key must be …" of a map whose keys users choose. Everything that can grow has a bound: the API server runs a rule
 * on it only if it knows the most that the rule can cost. No field has a default here: defaults live in resolve.ts
 * alone, since a persisted default would hide the cluster's value. Rules between fields, and that lists do not repeat
 * themselves, are in spec-rules.ts: the library's check for repetition takes quadratic time.
 */

const text = (pattern: string, maxLength: number, description: string, allowed: string) =>
  Type.String({ pattern, maxLength, description, allowed });
const strict = { additionalProperties: false } as const;

const objectName = (description: string) =>
  Type.String({
    pattern: SUBDOMAIN,
    maxLength: LONGEST_NAME,
    description,
    allowed: `the name of a Kubernetes object (lower-case letters, digits, "-" and ".", at most ${LONGEST_NAME} characters)`,
  });
const dataKey = (description: string) =>
  Type.String({
    pattern: DATA_KEY,
    maxLength: LONGEST_NAME,
    description,
    allowed: `a key: letters, digits, "-", "_" and ".", at most ${LONGEST_NAME} characters, not "." and not with ".." in front`,
  });

const endpoint = (pattern: string, description: string, port: number, pathAllowed: string) =>
  text(
    pattern,
    LONGEST_ADDRESS,
    description,
    `a URL such as http://otel-collector.observability:${port} (http:// or https://, a host or $(TRACEHOOK_NODE_IP), optionally a port from 1 to 65535, ${pathAllowed})`,
  );

const port = (description: string) =>
  Type.Integer({
    minimum: 1,
    maximum: 65535,
    description,
    allowed: 'a whole number from 1 to 65535',
  });

const flag = (description: string) => Type.Boolean({ description, allowed: 'true or false (without quotes)' });

/** Propagators that the OpenTelemetry specification knows by name. */
export const PROPAGATORS = ['tracecontext', 'baggage', 'b3', 'b3multi', 'jaeger', 'xray', 'ottrace', 'none'] as const;
const SIGNALS = ['traces', 'metrics', 'logs'] as const;

const CollectorSchema = Type.Object(
  {
    grpc: Type.Optional(endpoint(GRPC_URL, 'Where the collector takes OTLP over gRPC.', 4317, 'no path')),
    http: Type.Optional(
      endpoint(HTTP_URL, 'Where the collector takes OTLP over HTTP, without /v1/traces.', 4318, 'optionally a path'),
    ),
    protocol: Type.Optional(
      Type.Enum(['grpc', 'http/protobuf'], {
        description: 'The protocol for containers whose language is not known.',
      }),
    ),
    signals: Type.Optional(
      Type.Array(Type.Enum(SIGNALS), {
        minItems: 1,
        maxItems: SIGNALS.length,
        contains: Type.Literal('traces'),
        description: 'What the collector accepts; exporters of other signals are switched off.',
        allowed: 'a list of different names that has "traces" in it: traces, metrics, logs',
      }),
    ),
    headersFrom: Type.Optional(
      Type.Object(
        { name: objectName('Name of the Secret.'), key: dataKey('Key in the Secret.') },
        {
          ...strict,
          description: "A Secret in the Pod's namespace with the exporter's headers; used as optional.",
        },
      ),
    ),
    certificateAuthority: Type.Optional(
      Type.Object(
        { configMap: objectName('Name of the ConfigMap.'), key: dataKey('Key in the ConfigMap.') },
        {
          ...strict,
          description: "A ConfigMap in the Pod's namespace with the CA of the collector's certificate.",
        },
      ),
    ),
  },
  { ...strict, description: 'Where traces go.' },
);

const JaegerAgentSchema = Type.Object(
  {
    enabled: Type.Optional(flag("Write the variables of Jaeger's own clients.")),
    host: Type.Optional(
      text(
        HOST,
        LONGEST_ADDRESS,
        "Host that takes Jaeger's UDP protocols.",
        'a host name, an address or $(TRACEHOOK_NODE_IP)',
      ),
    ),
    compactPort: Type.Optional(port('UDP port of the compact protocol (all clients but Node).')),
    binaryPort: Type.Optional(port('UDP port of the binary protocol (the Node client).')),
  },
  { ...strict, description: "For applications on Jaeger's own, retired clients." },
);

const SamplingSchema = Type.Object(
  {
    live: Type.Optional(flag("Tracehook's sampling server is there to be asked.")),
    default: Type.Optional(StrategySchema),
    services: Type.Optional(
      Type.Array(ServiceStrategySchema, {
        maxItems: MOST_SERVICES,
        description: `Strategies of single services, at most ${MOST_SERVICES}.`,
      }),
    ),
  },
  { ...strict, description: 'How much is kept.' },
);

const quantity = (description: string, example: string) =>
  text(QUANTITY, LONGEST_QUANTITY, description, `a quantity such as ${example} (in quotes if it is a plain number)`);

/** No other resource makes sense for the sidecar, and the API server refuses a Pod with one that it does not know. */
const quantities = (description: string) =>
  Type.Object(
    {
      cpu: Type.Optional(quantity('Processor time, at most 1024.', '"100m" or "1"')),
      memory: Type.Optional(quantity('Memory, in whole bytes, at most 1Ti.', '"128Mi"')),
      'ephemeral-storage': Type.Optional(quantity('Local disk, in whole bytes, at most 1Ti.', '"128Mi"')),
    },
    { ...strict, description },
  );

const SidecarSchema = Type.Object(
  {
    image: Type.Optional(
      Type.String({
        pattern: IMAGE,
        maxLength: LONGEST_IMAGE,
        description: 'Image of the agent sidecar, an OpenTelemetry Collector.',
        allowed: `an image reference such as ghcr.io/team/collector:1.0 (optionally a host, a lower-case path, optionally :tag and @sha256:digest; at most ${LONGEST_IMAGE} characters)`,
      }),
    ),
    resources: Type.Optional(
      Type.Object(
        {
          requests: Type.Optional(quantities('Requested.')),
          limits: Type.Optional(quantities('Limit.')),
        },
        { ...strict, description: 'Requests and limits of the agent sidecar.' },
      ),
    ),
  },
  { ...strict, description: 'The agent sidecar.' },
);

/** The spec of both kinds. */
export const TracingSpecSchema = Type.Object(
  {
    mode: Type.Optional(Type.Enum(['env', 'sidecar'], { description: 'What tracehook.io/inject: "true" means.' })),
    collector: Type.Optional(CollectorSchema),
    jaegerAgent: Type.Optional(JaegerAgentSchema),
    resourceAttributes: Type.Optional(
      Type.Record(
        Type.String({ pattern: ATTRIBUTE_NAME }),
        Type.String({
          pattern: NO_NUL,
          minLength: 1,
          maxLength: LONGEST_ATTRIBUTE,
          description: 'Value of the attribute.',
          allowed: `a text of 1 to ${LONGEST_ATTRIBUTE} characters, none of them NUL (in quotes if it looks like a number or true/false)`,
        }),
        {
          ...strict,
          maxProperties: MOST_ATTRIBUTES,
          description: `Resource attributes of every application, at most ${MOST_ATTRIBUTES}.`,
          allowedKeys:
            'an attribute name: a letter, then letters, digits, ".", "_", "-", "/" (not service.name, which is each workload\'s own)',
          allowed:
            'a map of attribute names (letters, digits, ".", "_", "-", "/"; not service.name, which is each workload\'s own) to texts',
        },
      ),
    ),
    useLabelsForResourceAttributes: Type.Optional(
      flag("Take service.name, service.version and service.namespace from the Pod's app.kubernetes.io labels."),
    ),
    propagators: Type.Optional(
      Type.Array(Type.Enum(PROPAGATORS), {
        minItems: 1,
        maxItems: PROPAGATORS.length,
        description: 'Context propagation, in order.',
        allowed: 'a list of different propagators',
      }),
    ),
    skipEnv: Type.Optional(
      Type.Array(
        text(VARIABLE_NAME, LONGEST_VARIABLE_NAME, 'Name of a variable.', 'the name of an environment variable'),
        {
          maxItems: MOST_VARIABLES,
          description: `Variables never injected, at most ${MOST_VARIABLES}.`,
        },
      ),
    ),
    sampling: Type.Optional(SamplingSchema),
    sidecar: Type.Optional(SidecarSchema),
  },
  { ...strict, description: 'Tracing settings.' },
);

/** What a user may write under `spec`. */
export type TracingSpec = Static<typeof TracingSpecSchema>;
/** OTLP over which transport. */
export type Protocol = 'grpc' | 'http/protobuf';
/** How a Pod is injected. */
export type Mode = 'env' | 'sidecar';
/** What a collector accepts. */
export type Signal = (typeof SIGNALS)[number];
