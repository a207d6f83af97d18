import { LONGEST_QUANTITY } from './patterns.ts';

/** How much each suffix of a Kubernetes quantity multiplies by. */
const MULTIPLIERS: ReadonlyMap<string, number> = new Map([
  ['m', 1e-3],
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
  ['E', 1e18],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['Pi', 2 ** 50],
  ['Ei', 2 ** 60],
]);

/**
 * The number that a quantity stands for: bytes for memory, cores for CPU. `NaN` for what the schema does not let through.
 *
 * A float: good for comparing and for shares of a limit, not for arithmetic to the last byte above 8 PiB.
 */
export function quantityValue(quantity: string): number {
  // The pattern below takes the square of the time for a text twice as long.
  if (quantity.length > LONGEST_QUANTITY) return Number.NaN;
  const digits = quantity.replace(/[A-Za-z]+$/, '');
  // No suffix of the table: nothing that is a quantity. An exponent ("1e3") JavaScript reads as Kubernetes does.
  return Number(digits) * (MULTIPLIERS.get(quantity.slice(digits.length)) ?? Number.NaN);
}
