import { quoteValue } from '../problem.ts';

/** The sentences in which mistakes are told: what must be, what is. */

/** `must be a whole number from 1 to 65535, is "80a"`; of what is not there: `is missing: must be …`. */
export function mustBe(allowed: string, value: unknown): string {
  return value === undefined ? `is missing: must be ${allowed}` : `must be ${allowed}, is ${showValue(value)}`;
}

/** Longer lists are not worth their line. */
const LONGEST_LIST = 20;

/** A value as it stands in a message. Maps and lists of them are only named: they may be of any size and depth. */
function showValue(value: unknown): string {
  if (typeof value === 'number') return String(value); // .nan and .inf, which JSON does not have
  if (Array.isArray(value)) {
    const short = value.length <= LONGEST_LIST && value.every((item) => typeof item !== 'object');
    return short ? quoteValue(value) : 'a list';
  }
  return isMap(value) ? 'a map' : quoteValue(value);
}

/** A map, as YAML calls it. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' or ');
}

/** `metadata.labels.app`; a key that is not a word, of whatever length, in brackets. `field` is empty at the top. */
export function joinField(field: string, key: string): string {
  if (!/^[A-Za-z_][-\w./]{0,99}$/.test(key)) return `${field}[${quoteValue(key)}]`;
  return field === '' ? key : `${field}.${key}`;
}

/** `no such field; did you mean collector? allowed: mode, collector`. */
export function noSuchField(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `no such field; ${nearest === undefined ? '' : `did you mean ${nearest}? `}allowed: ${known.join(', ')}`;
}

/** How many letters may differ for a name to count as a slip of another. The nearest are tried first. */
const SLIPS = [0, 1, 2];

function nearestName(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  const near = known.filter((candidate) => Math.abs(candidate.length - name.length) < SLIPS.length);
  const isSlip = (candidate: string, slips: number) =>
    slips < candidate.length / 2 && editDistance(lower, candidate.toLowerCase()) === slips;
  return SLIPS.flatMap((slips) => near.filter((candidate) => isSlip(candidate, slips)))[0];
}

/** Letters to change, add, drop or swap with their neighbour (Damerau and Levenshtein's distance, a row at a time). */
function editDistance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1];
    for (let column = 0; column < to.length; column += 1) {
      const changed = numberAt(row, column) + (from[index] === to[column] ? 0 : 1);
      const isSwap = from[index] === to[column - 1] && from[index - 1] === to[column];
      const swapped = numberAt(isSwap ? before : [], column - 1) + 1;
      next.push(Math.min(changed, swapped, numberAt(row, column + 1) + 1, numberAt(next, column) + 1));
    }
    before = row;
    row = next;
  }
  return numberAt(row, to.length);
}

function numberAt(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
