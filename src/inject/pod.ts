import { isRecord } from '../record.ts';
import { type Problem, quoteValue } from '../problem.ts';

/**
 * The slice of a Pod that decisions read. Everything else in it is carried along untouched: these are views of the parsed
 * JSON, never copies. An optional field may be `null`, as in a manifest's empty `env:`, which means that it is absent.
 */
export interface Pod {
  readonly metadata: {
    readonly name?: string | null;
    readonly generateName?: string | null;
    readonly namespace?: string | null;
    readonly labels?: Readonly<Record<string, string>> | null;
    readonly annotations?: Readonly<Record<string, string>> | null;
    readonly ownerReferences?: readonly OwnerReference[] | null;
  };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[] | null;
    readonly volumes?: readonly { readonly name: string }[] | null;
    readonly hostNetwork?: boolean | null;
    /** Requests and limits of the Pod as a whole, which its containers share. */
    readonly resources?: {
      readonly requests?: Readonly<Record<string, string | number>> | null;
      readonly limits?: Readonly<Record<string, string | number>> | null;
    } | null;
    readonly os?: { readonly name?: string | null } | null;
    readonly affinity?: { readonly nodeAffinity?: NodeAffinity | null } | null;
    readonly securityContext?: {
      readonly runAsUser?: number | null;
      readonly windowsOptions?: object | null;
    } | null;
    readonly nodeSelector?: Readonly<Record<string, string>> | null;
  };
}

/** The part of it that a Pod cannot run without. */
interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: {
    readonly nodeSelectorTerms: readonly {
      readonly matchExpressions?:
        | readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | null }[]
        | null;
    }[];
  } | null;
}

export interface OwnerReference {
  readonly apiVersion?: string | null;
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean | null;
}

export interface Container {
  readonly name: string;
  readonly image?: string | null;
  readonly restartPolicy?: string | null;
  readonly env?: readonly EnvVar[] | null;
  readonly envFrom?: readonly EnvFromSource[] | null;
  readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string | null }[] | null;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[] | null;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string | null;
  readonly valueFrom?: ValueFrom | null;
}

/** Where a variable's value comes from: the downward API or an optional Secret (what we write), or anything of the user's. */
export type ValueFrom = Readonly<Record<string, unknown>>;

export interface EnvFromSource {
  readonly prefix?: string | null;
  readonly configMapRef?: { readonly name?: string | null } | null;
  readonly secretRef?: { readonly name?: string | null } | null;
}

/** Nobody reads more, and a hostile Pod could have millions. */
const MOST_PROBLEMS = 20;

/**
 * A plan takes some 50 µs a container and adds some 3 KB to it: this many take no longer than 25 ms, and grow a Pod by less
 * than half of what etcd stores (1.5 MiB). No workload is known that comes near it, while a review can hold 190,000.
 */
const MOST_CONTAINERS = 250;

type Check = (value: unknown, where: string, problems: Problem[]) => void;

/**
 * Reads a value as a Pod, or says what about it is not one. Only what decisions read is looked at; `null` counts as absent
 * everywhere, as it does for the API server.
 *
 * The value itself is returned, `null`s and all.
 */
export function readPod(value: unknown): { readonly pod: Pod } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  if (!isPod(value, problems)) return { problems };
  checkContainers(value, problems);
  return problems.length === 0 ? { pod: value } : { problems };
}

function isPod(value: unknown, problems: Problem[]): value is Pod {
  checkPod(value, '', problems);
  return problems.length === 0;
}

const text: Check = (value, where, problems) => {
  if (typeof value !== 'string') problems.push(mismatch(where, 'a text', value));
};
const number: Check = (value, where, problems) => {
  if (typeof value !== 'number') problems.push(mismatch(where, 'a number', value));
};
const flag: Check = (value, where, problems) => {
  if (typeof value !== 'boolean') problems.push(mismatch(where, 'true or false', value));
};

const textMap: Check = (value, where, problems) => {
  if (!isRecord(value)) return void problems.push(mismatch(where, 'a map of texts', value));
  for (const key in value) {
    if (problems.length >= MOST_PROBLEMS) return;
    text(value[key], `${where}[${JSON.stringify(key)}]`, problems);
  }
};

/** Quantities may be written as numbers. */
const quantityMap: Check = (value, where, problems) => {
  if (!isRecord(value)) return void problems.push(mismatch(where, 'a map of quantities', value));
  for (const key in value) {
    const found = value[key];
    if (problems.length >= MOST_PROBLEMS) return;
    if (typeof found !== 'string' && typeof found !== 'number') {
      problems.push(mismatch(`${where}[${JSON.stringify(key)}]`, 'a quantity', found));
    }
  }
};

function listOf(item: Check): Check {
  return (value, where, problems) => {
    if (!Array.isArray(value)) return void problems.push(mismatch(where, 'a list', value));
    for (let index = 0; index < value.length && problems.length < MOST_PROBLEMS; index++) {
      item(value[index], `${where}[${index}]`, problems);
    }
  };
}

interface Fields {
  readonly required?: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
}

function objectOf({ required = {}, optional = {} }: Fields): Check {
  return (value, where, problems) => {
    if (!isRecord(value)) return void problems.push(mismatch(where, 'an object', value));
    const prefix = where === '' ? '' : `${where}.`;
    for (const key in required) required[key]?.(value[key], prefix + key, problems);
    for (const key in optional) {
      const found = value[key];
      if (found !== undefined && found !== null) optional[key]?.(found, prefix + key, problems);
    }
  };
}

const envVar = objectOf({ required: { name: text }, optional: { value: text, valueFrom: objectOf({}) } });
const objectReference = objectOf({ optional: { name: text } });
const container = objectOf({
  required: { name: text },
  optional: {
    image: text,
    restartPolicy: text,
    env: listOf(envVar),
    envFrom: listOf(
      objectOf({ optional: { prefix: text, configMapRef: objectReference, secretRef: objectReference } }),
    ),
    ports: listOf(objectOf({ required: { containerPort: number }, optional: { protocol: text } })),
    volumeMounts: listOf(objectOf({ required: { name: text, mountPath: text } })),
  },
});
const expression = objectOf({ required: { key: text, operator: text }, optional: { values: listOf(text) } });
const nodeAffinity = objectOf({
  optional: {
    requiredDuringSchedulingIgnoredDuringExecution: objectOf({
      required: { nodeSelectorTerms: listOf(objectOf({ optional: { matchExpressions: listOf(expression) } })) },
    }),
  },
});
const checkPod = objectOf({
  required: {
    metadata: objectOf({
      optional: {
        name: text,
        generateName: text,
        namespace: text,
        labels: textMap,
        annotations: textMap,
        ownerReferences: listOf(
          objectOf({ required: { kind: text, name: text }, optional: { apiVersion: text, controller: flag } }),
        ),
      },
    }),
    spec: objectOf({
      required: { containers: listOf(container) },
      optional: {
        initContainers: listOf(container),
        volumes: listOf(objectOf({ required: { name: text } })),
        hostNetwork: flag,
        resources: objectOf({ optional: { requests: quantityMap, limits: quantityMap } }),
        affinity: objectOf({ optional: { nodeAffinity } }),
        securityContext: objectOf({ optional: { runAsUser: number, windowsOptions: objectOf({}) } }),
        os: objectOf({ optional: { name: text } }),
        nodeSelector: textMap,
      },
    }),
  },
});

/** There are not too many, and they are told apart by name, here as in the API server, which refuses two of one name. */
function checkContainers({ spec }: Pod, problems: Problem[]): void {
  const seen = new Set<string>();
  const count = spec.containers.length + (spec.initContainers?.length ?? 0);
  if (count > MOST_CONTAINERS) {
    problems.push({
      where: 'spec.containers',
      message: `must be at most ${MOST_CONTAINERS} with init containers, are ${count}`,
    });
    return;
  }
  for (const list of ['initContainers', 'containers'] as const) {
    (spec[list] ?? []).forEach(({ name }, index) => {
      if (seen.has(name)) {
        problems.push({
          where: `spec.${list}[${index}].name`,
          message: `must differ from all others of the Pod, is ${quoteValue(name)}`,
        });
      }
      seen.add(name);
    });
  }
}

function mismatch(where: string, wanted: string, value: unknown): Problem {
  const message = value === undefined ? `must be ${wanted}, is missing` : `must be ${wanted}, is ${quoteValue(value)}`;
  return { where: where === '' ? 'Pod' : where, message };
}
