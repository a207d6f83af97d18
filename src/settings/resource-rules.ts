import { isRecord } from '../record.ts';
import { quoteValue } from '../problem.ts';
import { QUANTITY } from './patterns.ts';
import { quantityValue } from './quantity.ts';
import type { Layer, Settings } from './resolve.ts';

import type { Mistake } from './spec-mistakes.ts';

/**
 * The most that a sidecar can be given. Far above any use, and far below 2^63, where the Go runtime and the kernel stop.
 */
export const MOST_OF_RESOURCE = { cpu: '1024', memory: '1Ti', 'ephemeral-storage': '1Ti' } as const;

/** Quantities of one document that no Pod could use; what is no quantity is left to the schema. */
export function quantityMistakes(spec: unknown): readonly Mistake[] {
  const path = ['sidecar', 'resources'];
  const resources = path.reduce<unknown>((map, key) => (isRecord(map) ? map[key] : undefined), spec);
  if (!isRecord(resources)) return [];
  return ['requests', 'limits'].flatMap((group) => {
    const quantities = resources[group];
    if (!isRecord(quantities)) return [];
    return Object.entries(MOST_OF_RESOURCE).flatMap(([resource, most]) => {
      const message = quantityMistake(quantities[resource], most, resource !== 'cpu');
      return message === undefined ? [] : [{ field: `spec.sidecar.resources.${group}.${resource}`, message }];
    });
  });
}

function quantityMistake(quantity: unknown, most: string, isBytes: boolean): string | undefined {
  if (typeof quantity !== 'string' || !new RegExp(QUANTITY).test(quantity)) return undefined;
  const value = quantityValue(quantity);
  if (value > quantityValue(most)) return `must be at most ${most}, is ${quoteValue(quantity)}`;
  return isBytes && !isWhole(value)
    ? `must be a whole number of bytes such as "128Mi", is ${quoteValue(quantity)}`
    : undefined;
}

/**
 * Whether it is whole but for what floats lose: three roundings (digits, suffix, product) of half an EPSILON each. Up to 1Ti
 * that is less than a thousandth, the smallest fraction that a suffix stands for.
 */
function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= value * 2 * Number.EPSILON;
}

/**
 * A Collector needs several times as much to start. A limit below this is a slip of the suffix: "128" is 128 bytes.
 */
export const SMALLEST_MEMORY_LIMIT = '16Mi';

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
