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

/**
 * What a value must be. Nearly every Pod is one, so that `holds` only looks; `report`, which knows where it is, is asked when
 * something does not hold.
 */
interface Check {
  readonly holds: (value: unknown) => boolean;
  readonly report: (value: unknown, where: string, problems: Problem[]) => void;
}

/**
 * Reads a value as a Pod, or says what about it is not one. Only what decisions read is looked at; `null` counts as absent
 * everywhere, as it does for the API server.
 *
 * The value itself is returned, `null`s and all.
 */
export function readPod(value: unknown): { readonly pod: Pod } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  if (!isPod(value)) {
    checkPod.report(value, '', problems);
    return { problems };
  }
  checkContainers(value, problems);
  return problems.length === 0 ? { pod: value } : { problems };
}

function isPod(value: unknown): value is Pod {
  return checkPod.holds(value);
}

function scalar(wanted: string, holds: Check['holds']): Check {
  return {
    holds,
    report(value, where, problems) {
      if (!holds(value)) problems.push(mismatch(where, wanted, value));
    },
  };
}

const text = scalar('a text', (value) => typeof value === 'string');
const number = scalar('a number', (value) => typeof value === 'number');
const flag = scalar('true or false', (value) => typeof value === 'boolean');
/** Quantities may be written as numbers. */
const quantity = scalar('a quantity', (value) => typeof value === 'string' || typeof value === 'number');

function mapOf(wanted: string, item: Check): Check {
  return {
    holds(value) {
      if (!isRecord(value)) return false;
      for (const key in value) if (!item.holds(value[key])) return false;
      return true;
    },
    report(value, where, problems) {
      if (!isRecord(value)) return void problems.push(mismatch(where, wanted, value));
      for (const key in value) {
        if (problems.length >= MOST_PROBLEMS) return;
        item.report(value[key], `${where}[${JSON.stringify(key)}]`, problems);
      }
    },
  };
}

const textMap = mapOf('a map of texts', text);
const quantityMap = mapOf('a map of quantities', quantity);

function listOf(item: Check): Check {
  return {
    holds: (value) => Array.isArray(value) && value.every(item.holds),
    report(value, where, problems) {
      if (!Array.isArray(value)) return void problems.push(mismatch(where, 'a list', value));
      for (let index = 0; index < value.length && problems.length < MOST_PROBLEMS; index++) {
        item.report(value[index], `${where}[${index}]`, problems);
      }
    },
  };
}

interface Fields {
  readonly required?: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
}

function objectOf({ required = {}, optional = {} }: Fields): Check {
  const fields = [
    ...Object.entries(required).map(([key, check]) => ({ key, check, isOptional: false })),
    ...Object.entries(optional).map(([key, check]) => ({ key, check, isOptional: true })),
  ];
  return {
    holds(value) {
      if (!isRecord(value)) return false;
      for (const { key, check, isOptional } of fields) {
        const found = value[key];
        if (!(isOptional && (found === undefined || found === null)) && !check.holds(found)) return false;
      }
      return true;
    },
    report(value, where, problems) {
      if (!isRecord(value)) return void problems.push(mismatch(where, 'an object', value));
      const prefix = where === '' ? '' : `${where}.`;
      for (const { key, check, isOptional } of fields) {
        const found = value[key];
        if (!(isOptional && (found === undefined || found === null))) check.report(found, prefix + key, problems);
      }
    },
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
