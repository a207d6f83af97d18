import {
  API_GROUP,
  API_VERSION,
  ClusterTracingConfigStatusSchema,
  CONFIG_RESOURCES,
  type ConfigKind,
  SINGLETON,
  TracingConfigStatusSchema,
  TracingSpecSchema,
} from '../settings/index.ts';
import { type SchemaNode, structuralSchema, type StructuralSchema } from './structural.ts';
import { traitsOf } from './traits.ts';

/** A CustomResourceDefinition, in the order in which people write its fields. */
export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

interface Kind {
  readonly description: string;
  readonly status: SchemaNode;
  readonly whySingleton: string;
  readonly columns: readonly Column[];
}

/** One column of `kubectl get`. */
interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
  /** 1: only with `-o wide`. */
  readonly priority?: 1;
}

const condition = (type: string, description: string): Column => ({
  name: type,
  type: 'string',
  jsonPath: `.status.conditions[?(@.type=="${type}")].status`,
  description,
});
const count = (name: string, path: string, description: string): Column => ({
  name,
  type: 'integer',
  jsonPath: `.status.${path}`,
  description,
});
const WIDE = { priority: 1 } as const;

const MODE: Column = {
  name: 'Mode',
  type: 'string',
  jsonPath: '.spec.mode',
  description: 'What tracehook.io/inject: "true" means, if this document says so.',
};
const CONDITIONS: readonly Column[] = [
  condition('Ready', 'Whether the document is in force.'),
  condition('Synced', 'Whether the objects that Tracehook keeps are as they should be.'),
];
const PODS: readonly Column[] = [
  count('Injected', 'workloads.injected', 'Running Pods that were injected.'),
  count('Missed', 'workloads.missed', 'Running Pods that would be injected today and are not.'),
  count('Stale', 'workloads.stale', 'Injected Pods whose settings have changed since.'),
];
const REST: readonly Column[] = [
  { ...condition('Conflict', "Whether an object of such a name is somebody else's."), ...WIDE },
  {
    name: 'Reason',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
    description: 'Why it is in force or not.',
    ...WIDE,
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

const KINDS: Readonly<Record<ConfigKind, Kind>> = {
  ClusterTracingConfig: {
    description:
      'Tracing settings of every namespace. A namespace\'s own TracingConfig wins, field by field. There is one, named "default".',
    status: ClusterTracingConfigStatusSchema,
    whySingleton: 'a cluster has one ClusterTracingConfig',
    columns: [
      MODE,
      ...CONDITIONS,
      count('Namespaces', 'namespaces.optedIn', 'Namespaces that opted in.'),
      ...PODS,
      ...REST,
    ],
  },
  TracingConfig: {
    description:
      'Tracing settings of one namespace, which win over the ClusterTracingConfig, field by field. There is one in a namespace, named "default".',
    status: TracingConfigStatusSchema,
    whySingleton: 'a namespace has one TracingConfig',
    columns: [MODE, ...CONDITIONS, ...PODS, ...REST],
  },
};

/** The definition of a kind, as the API server takes it; made from the schemas of settings/. */
export function customResourceDefinition(kind: ConfigKind): CustomResourceDefinition {
  const { plural, singular, shortName, isNamespaced } = CONFIG_RESOURCES[kind];
  const [, version] = API_VERSION.split('/');
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      scope: isNamespaced ? 'Namespaced' : 'Cluster',
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames: [shortName], categories: ['tracehook'] },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: KINDS[kind].columns,
          schema: { openAPIV3Schema: rootSchema(kind) },
        },
      ],
    },
  };
}

function rootSchema(kind: ConfigKind): StructuralSchema {
  const { description, status, whySingleton } = KINDS[kind];
  const traits = traitsOf(kind);
  return {
    description,
    type: 'object',
    properties: {
      apiVersion: { description: `Always ${API_VERSION}.`, type: 'string' },
      kind: { description: `Always ${kind}.`, type: 'string' },
      // The name is declared for the path of its rule's message.
      metadata: { type: 'object', properties: { name: { type: 'string' } } },
      spec: structuralSchema(TracingSpecSchema, 'spec', traits),
      status: structuralSchema(status, 'status', traits),
    },
    'x-kubernetes-validations': [
      {
        rule: `self.metadata.name == '${SINGLETON}'`,
        message: `must be ${SINGLETON} (${whySingleton})`,
        fieldPath: '.metadata.name',
      },
    ],
  };
}
