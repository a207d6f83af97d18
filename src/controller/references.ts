import { isRecord } from '../record.ts';

/** What of a namespace's objects a Pod may depend on. */
export interface Referred {
  /** Names of ConfigMaps. */
  readonly configMaps: ReadonlySet<string>;
  /** A host name that stands in values of variables. */
  readonly host: string;
}

/**
 * Whether a Pod depends on one of these: a variable or a volume of a ConfigMap, or a variable with the host name in it. One that
 * has ended depends on nothing. `pod` is as the API server sends it; what is not understood refers to nothing.
 */
export function podRefersTo(pod: unknown, referred: Referred): boolean {
  const phase = at(pod, 'status', 'phase');
  if (phase === 'Succeeded' || phase === 'Failed') return false;
  const spec = at(pod, 'spec');
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => listAt(spec, list));
  return (
    containers.some((container) => containerRefersTo(container, referred)) ||
    listAt(spec, 'volumes').some((volume) => volumeRefersTo(volume, referred))
  );
}

function containerRefersTo(container: unknown, { configMaps, host }: Referred): boolean {
  const isNamed = (name: unknown): boolean => typeof name === 'string' && configMaps.has(name);
  return (
    listAt(container, 'envFrom').some((source) => isNamed(at(source, 'configMapRef', 'name'))) ||
    listAt(container, 'env').some((variable) => {
      const value = at(variable, 'value');
      return (
        isNamed(at(variable, 'valueFrom', 'configMapKeyRef', 'name')) ||
        (typeof value === 'string' && value.includes(host))
      );
    })
  );
}

function volumeRefersTo(volume: unknown, { configMaps }: Referred): boolean {
  const sources = [volume, ...listAt(at(volume, 'projected'), 'sources')];
  return sources.some((source) => {
    const name = at(source, 'configMap', 'name');
    return typeof name === 'string' && configMaps.has(name);
  });
}

/** The value at a path of fields; `undefined` where there is none. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((map, field) => (isRecord(map) ? map[field] : undefined), value);
}

function listAt(value: unknown, field: string): readonly unknown[] {
  const list = at(value, field);
  return Array.isArray(list) ? list : [];
}
