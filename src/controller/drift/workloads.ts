import { STATUS_ANNOTATION } from '../../inject/index.ts';
import { isFailure, type KubeTransport } from '../../kube/index.ts';
import { isRecord } from '../../record.ts';
import { controllerOf, type Maker, type PodGroup } from './pod-groups.ts';

/** What a person knows a Pod's maker as: the Deployment of a ReplicaSet, the CronJob of a Job; else the maker itself. */
export interface Workload extends Maker {
  /** The template was injected by `tracehook inject`: Pods of it come with what it says. */
  readonly templateInjected: boolean;
  /** Its Pods can be made anew by an annotation on its template. */
  readonly restartable: boolean;
}

/** Of the makers, those whose template is looked at, and where they are. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  'apps ReplicaSet': 'replicasets',
  'apps StatefulSet': 'statefulsets',
  'apps DaemonSet': 'daemonsets',
  'apps Deployment': 'deployments',
  'batch Job': 'jobs',
};
const RESTARTABLE: ReadonlySet<string> = new Set(['apps Deployment', 'apps StatefulSet', 'apps DaemonSet']);

/** Finds the workload of a group by one GET at most. `undefined` if the maker is gone, and its Pods will be soon. @throws KubeError */
export async function findWorkload(
  transport: KubeTransport,
  { namespace, maker }: Pick<PodGroup, 'namespace' | 'maker'>,
): Promise<Workload | undefined> {
  const path = workloadPath(namespace, maker);
  if (path === undefined) return { ...maker, templateInjected: false, restartable: false };
  const object = await getOrNothing(transport, path);
  if (!isRecord(object)) return undefined;
  const metadata = at(object, 'metadata');
  if (!isRecord(metadata) || metadata['uid'] !== maker.uid) return undefined;
  const outer = controllerOf(metadata) ?? maker;
  return {
    ...outer,
    templateInjected: typeof at(object, 'spec', 'template', 'metadata', 'annotations', STATUS_ANNOTATION) === 'string',
    restartable: RESTARTABLE.has(kindOf(outer)),
  };
}

/** Where an object is, if it is one of Kubernetes' own workloads. */
export function workloadPath(
  namespace: string,
  maker: Pick<Maker, 'apiVersion' | 'kind' | 'name'>,
): string | undefined {
  const collection = COLLECTIONS[kindOf(maker)];
  const [group, version] = maker.apiVersion.split('/');
  return collection === undefined || version === undefined
    ? undefined
    : `/apis/${group}/${version}/namespaces/${encodeURIComponent(namespace)}/${collection}/${encodeURIComponent(maker.name)}`;
}

function kindOf({ apiVersion, kind }: Pick<Maker, 'apiVersion' | 'kind'>): string {
  return `${apiVersion.split('/')[0]} ${kind}`;
}

/** An object, or `undefined` if it is not there. @throws KubeError */
export async function getOrNothing(transport: KubeTransport, path: string): Promise<unknown> {
  try {
    return await transport.call({ method: 'GET', path });
  } catch (error) {
    if (isFailure(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** The value at a path of fields; `undefined` where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((map, field) => (isRecord(map) ? map[field] : undefined), value);
}
