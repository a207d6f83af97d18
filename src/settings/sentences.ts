import { isRecord } from '../record.ts';
import { nearest } from '../nearest.ts';
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
  return isRecord(value) ? 'a map' : quoteValue(value);
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
  const guess = nearest(name, known);
  return `no such field; ${guess === undefined ? '' : `did you mean ${guess}? `}allowed: ${known.join(', ')}`;
}
