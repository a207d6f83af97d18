import type { Operation } from 'fast-json-patch';
import { type Injection, type InjectionPlan, patchOf, planInjection, readPod } from '../inject/index.ts';
import { formatProblem, type Problem } from '../problem.ts';
import type { Configuration } from '../settings/index.ts';
import { fieldOf, type ManifestObject, misplacedAnnotations, type PodPlace, podPlaceOf } from './objects.ts';
import { isRecord } from '../record.ts';

/** What becomes of one object that has a Pod in it. */
export interface Decision {
  readonly place: PodPlace;
  readonly result: InjectionPlan | Failure;
  /** JSON Patch of the object; empty unless it is injected. */
  readonly patch: readonly Operation[];
  /** Annotations of ours on the workload itself, where nothing reads them. */
  readonly misplaced: readonly string[];
}

/** The object could not be processed and stays as it is. */
export interface Failure {
  readonly outcome: 'failed';
  readonly reason: 'InvalidPod' | 'InternalError';
  readonly message: string;
}

/** Decides on every Pod and Pod template among the objects, in order. */
export function decideAll(objects: readonly ManifestObject[], configuration: Configuration): Decision[] {
  return objects
    .map(podPlaceOf)
    .filter((place) => place !== undefined)
    .map((place) => {
      const misplaced = misplacedAnnotations(place);
      try {
        return { place, misplaced, ...decide(place, configuration) };
      } catch (error) {
        return { place, misplaced, patch: [], result: internalError(error) };
      }
    });
}

function decide(place: PodPlace, configuration: Configuration): Pick<Decision, 'result' | 'patch'> {
  // A template may do without metadata; it is put there if something has to stand in it.
  const { value } = place;
  const needsMetadata = place.pointer !== '' && isRecord(value) && (value['metadata'] ?? undefined) === undefined;
  const read = readPod(needsMetadata ? { ...value, metadata: {} } : value);
  if ('problems' in read) return { result: invalid(place, read.problems), patch: [] };
  const { namespace } = place.object;
  const { settings, optIn, configMapKeys } = configuration.forNamespace(namespace);
  const workload = place.workload === undefined ? {} : { workload: place.workload };
  const result = planInjection({ pod: read.pod, namespace, optIn, settings, configMapKeys, ...workload });
  if (result.outcome === 'skipped') return { result, patch: [] };
  const operations = patchOf(read.pod, result);
  const metadata: Operation[] =
    needsMetadata && operations.length > 0 ? [{ op: 'add', path: '/metadata', value: {} }] : [];
  return { result, patch: prefixed([...metadata, ...operations], place.pointer) };
}

/** The operations on what stands at `pointer`, as operations on what holds it. */
export function prefixed(operations: readonly Operation[], pointer: string): Operation[] {
  return operations.map((operation) => ({ ...operation, path: pointer + operation.path }));
}

function invalid(place: PodPlace, problems: readonly Problem[]): Failure {
  const prefix = fieldOf(place.pointer);
  const lines = problems.map(({ where, message }) => {
    const field = where === 'Pod' ? prefix || 'the object' : [prefix, where].filter((part) => part !== '').join('.');
    return formatProblem({ where: field, message: message + quoteHint(message) });
  });
  return { outcome: 'failed', reason: 'InvalidPod', message: `${place.object.document.where}: ${lines.join('; ')}` };
}

/** YAML readers of Kubernetes take on, off, yes, no and 010 for something else than text. */
function quoteHint(message: string): string {
  return /must be a text, is (true|false|-?\d)/.test(message) ? ' (in YAML, write it in quotes)' : '';
}

export function internalError(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return {
    outcome: 'failed',
    reason: 'InternalError',
    message: `Tracehook failed, the object stays as it is: ${message}`,
  };
}

export function isInjection(result: Decision['result']): result is Injection {
  return result.outcome === 'injected' || result.outcome === 'unchanged';
}

/** What is worth saying of the namespaces of the decisions: each once, in the order of the input. */
export function namespaceRemarks(decisions: readonly Decision[], configuration: Configuration): string[] {
  const namespaces = new Set(decisions.map(({ place }) => place.object.namespace));
  return [...namespaces].flatMap((namespace) => {
    const { described, unknownLabel } = configuration.forNamespace(namespace);
    if (!described) return [`namespace ${namespace} is described by no document and counts as enabled`];
    if (unknownLabel === undefined) return [];
    return [
      `namespace ${namespace}: label tracehook.io/injection must be "enabled" or "all", is "${unknownLabel}": its Pods are left alone`,
    ];
  });
}

/** What to say of annotations that stand on the workload itself, if there are any. */
export function misplacedRemark({ place, misplaced }: Decision): string | undefined {
  if (misplaced.length === 0) return undefined;
  const { object, pointer } = place;
  const stand = misplaced.length === 1 ? 'stands' : 'stand';
  const belongs = misplaced.length === 1 ? 'it belongs' : 'they belong';
  return `${misplaced.join(', ')} ${stand} in metadata.annotations of the ${object.kind} itself, where nothing reads it; ${belongs} in ${fieldOf(pointer)}.metadata.annotations`;
}
