import { type Static, Type } from 'typebox';

/**
 * The `status` of both kinds, as the controller writes it. It makes the CustomResourceDefinitions and types the code.
 *
 * Every field may be absent: an object that no controller has seen yet has none of them.
 */

const strict = { additionalProperties: false } as const;
const count = (description: string) => Type.Integer({ minimum: 0, description });

/** What the controller says of one aspect. The form of Kubernetes' own `metav1.Condition`, and its bounds. */
const ConditionSchema = Type.Object(
  {
    // Not an enumeration: a newer controller may know more of them than the definition that the cluster has.
    type: Type.String({
      maxLength: 316,
      description:
        "Ready: the document is in force. Synced: the objects that Tracehook keeps are as they should be. Conflict: an object of such a name is somebody else's.",
    }),
    status: Type.Enum(['True', 'False', 'Unknown'], { description: 'Whether it is so.' }),
    reason: Type.String({
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
      maxLength: 1024,
      description: 'Why, as one word.',
    }),
    message: Type.String({ maxLength: 32_768, description: 'Why, as a sentence.' }),
    lastTransitionTime: Type.String({ format: 'date-time', description: 'Since when status is what it is.' }),
    observedGeneration: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'metadata.generation of the document that this is about.',
      }),
    ),
  },
  strict,
);

const WorkloadsSchema = Type.Object(
  {
    wanted: Type.Optional(count('Pods that should report traces: injected, missed or stale.')),
    injected: Type.Optional(count('Pods that were injected, with the settings in force or older ones.')),
    missed: Type.Optional(
      count('Pods that would be injected today and are not: older than the webhook or the setting.'),
    ),
    stale: Type.Optional(count('Injected Pods whose settings have changed since.')),
  },
  { ...strict, description: 'Running Pods, by what became of them.' },
);

const observed = {
  observedGeneration: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'metadata.generation of the document that this status is about.',
    }),
  ),
  conditions: Type.Optional(
    Type.Array(ConditionSchema, { maxItems: 8, description: 'Ready, Synced, Conflict: one of each.' }),
  ),
};

/** The status of a TracingConfig: its namespace. */
export const TracingConfigStatusSchema = Type.Object(
  { ...observed, workloads: Type.Optional(WorkloadsSchema) },
  { ...strict, description: 'What became of it; written by the controller.' },
);

const NamespacesSchema = Type.Object(
  {
    optedIn: Type.Optional(count('Namespaces with the label tracehook.io/injection, enabled or all.')),
    synced: Type.Optional(count('Of those, the ones whose objects are as they should be.')),
    conflicting: Type.Optional(count("Of those, the ones in which an object of such a name is somebody else's.")),
    failing: Type.Optional(count('Of those, the ones in which the last write failed; it is tried again.')),
    misconfigured: Type.Optional(count('Of those, the ones whose own TracingConfig is not in force.')),
  },
  { ...strict, description: 'Namespaces, by their state.' },
);

/** The status of the ClusterTracingConfig: all opted-in namespaces together. */
export const ClusterTracingConfigStatusSchema = Type.Object(
  { ...observed, namespaces: Type.Optional(NamespacesSchema), workloads: Type.Optional(WorkloadsSchema) },
  { ...strict, description: 'What became of it; written by the controller.' },
);

/** One condition of a status, as we write it. */
export type Condition = Static<typeof ConditionSchema> & { readonly type: 'Ready' | 'Synced' | 'Conflict' };

type WithConditions<T> = Omit<T, 'conditions'> & { conditions?: Condition[] };
export type TracingConfigStatus = WithConditions<Static<typeof TracingConfigStatusSchema>>;
export type ClusterTracingConfigStatus = WithConditions<Static<typeof ClusterTracingConfigStatusSchema>>;
