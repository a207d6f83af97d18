import { quoteValue } from '../problem.ts';
import { paramMistake, type Strategy } from '../sampling/index.ts';
import { quantityValue } from './quantity.ts';
import type { Layer, Settings } from './resolve.ts';
import { isMap } from './sentences.ts';
import type { Mistake } from './spec-mistakes.ts';

/**
 * What no schema can say: rules between fields. They look only at what the schema accepts and pass over the rest, so that all
 * mistakes of a document can be told at once.
 */
export function ruleMistakes(spec: unknown): readonly Mistake[] {
  if (!isMap(spec)) return [];
  const { propagators, collector, sampling } = spec;
  return [
    ...repetitionMistakes(isMap(collector) ? collector['signals'] : undefined, 'spec.collector.signals'),
    ...signalPathMistakes(isMap(collector) ? collector['http'] : undefined),
    ...repetitionMistakes(propagators, 'spec.propagators'),
    ...propagatorMistakes(propagators),
    ...samplingMistakes(sampling),
  ];
}

function repetitionMistakes(names: unknown, field: string): readonly Mistake[] {
  if (!Array.isArray(names)) return [];
  const repeated = new Set<unknown>();
  const seen = new Set<unknown>();
  for (const name of names) (seen.has(name) ? repeated : seen).add(name);
  const texts = [...repeated].filter((name) => typeof name === 'string');
  return texts.map((name) => ({ field, message: `must be a list of different names, has ${quoteValue(name)} twice` }));
}

function signalPathMistakes(url: unknown): readonly Mistake[] {
  const base = typeof url === 'string' ? /^(https?:.*)\/v1\/(traces|metrics|logs)\/?$/.exec(url)?.[1] : undefined;
  if (base === undefined) return [];
  const message = `must be the base of the paths of all signals, is ${quoteValue(url)}: SDKs add /v1/traces themselves; write ${quoteValue(base)}`;
  return [{ field: 'spec.collector.http', message }];
}

function propagatorMistakes(propagators: unknown): readonly Mistake[] {
  if (!Array.isArray(propagators) || propagators.every((name) => name === 'none') || !propagators.includes('none'))
    return [];
  const message = 'must have "none" alone or not at all: with others beside it, Java applications do not start';
  return [{ field: 'spec.propagators', message }];
}

function samplingMistakes(sampling: unknown): readonly Mistake[] {
  if (!isMap(sampling)) return [];
  const services = Array.isArray(sampling['services']) ? sampling['services'] : [];
  return [
    ...strategyMistakes(sampling['default'], 'spec.sampling.default'),
    ...services.flatMap((service, index) => strategyMistakes(service, `spec.sampling.services[${index}]`)),
    ...duplicateMistakes(services, 'service', 'spec.sampling.services'),
  ];
}

function strategyMistakes(value: unknown, field: string): readonly Mistake[] {
  if (!isMap(value)) return [];
  const message = hasTypeAndParam(value) ? paramMistake(value) : undefined;
  const operations = Array.isArray(value['operations']) ? value['operations'] : [];
  return [
    ...(message === undefined ? [] : [{ field: `${field}.param`, message }]),
    ...duplicateMistakes(operations, 'operation', `${field}.operations`),
  ];
}

const TYPES: readonly unknown[] = ['probabilistic', 'ratelimiting', 'const'] satisfies Strategy['type'][];

function hasTypeAndParam(value: Readonly<Record<string, unknown>>): value is Pick<Strategy, 'type' | 'param'> {
  const { type, param } = value;
  return TYPES.includes(type) && typeof param === 'number' && param >= 0 && Number.isFinite(param);
}

/** Names that more than one item of a list has: only one of those items could take effect. */
function duplicateMistakes(items: readonly unknown[], key: 'service' | 'operation', field: string): readonly Mistake[] {
  const firsts = new Map<string, number>();
  return items.flatMap((item, index) => {
    const name = isMap(item) ? item[key] : undefined;
    if (typeof name !== 'string' || name === '') return [];
    const first = firsts.get(name);
    if (first === undefined) {
      firsts.set(name, index);
      return [];
    }
    const message = `${quoteValue(name)} has a strategy already (${field}[${first}]): keep one of the two`;
    return [{ field: `${field}[${index}].${key}`, message }];
  });
}

/**
 * A Collector needs several times as much to start. A limit below this is a slip of the suffix: "128m" is a tenth of a byte,
 * "128" is 128 bytes.
 */
const SMALLEST_MEMORY_LIMIT = '16Mi';

/**
 * Resources of the sidecar that no Pod could run with, as they result for `layer`, whose settings in force are `settings`.
 * Only what this very layer sets is its mistake.
 */
export function resourceMistakes(layer: Layer, settings: Settings): readonly Mistake[] {
  const { requests, limits } = settings.sidecar;
  return [...limits].flatMap(([resource, limit]): Mistake[] => {
    const ofLayer = limit.source === layer.source;
    const field = `spec.${limit.path}`;
    if (ofLayer && resource === 'memory' && quantityValue(limit.value) < quantityValue(SMALLEST_MEMORY_LIMIT)) {
      return [
        {
          field,
          message: `must be at least ${SMALLEST_MEMORY_LIMIT} for a Collector to start, is ${quoteValue(limit.value)}`,
        },
      ];
    }
    const request = requests.get(resource);
    if (request === undefined || quantityValue(request.value) <= quantityValue(limit.value)) return [];
    if (ofLayer) {
      const message = `must be at least the request, ${quoteValue(request.value)} (${request.source}), is ${quoteValue(limit.value)}`;
      return [{ field, message }];
    }
    if (request.source !== layer.source) return [];
    const message = `must be at most the limit, ${quoteValue(limit.value)} (${limit.source}), is ${quoteValue(request.value)}`;
    return [{ field: `spec.${request.path}`, message }];
  });
}
