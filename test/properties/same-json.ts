/** Comparing JSON values without writing them out: a million Pods are compared in full. */

/** The same value; the order of keys says nothing. */
export function sameJson(a: unknown, b: unknown): boolean {
  return same(a, b, (value) => value === undefined);
}

/** The same but for what the API server takes for absent: `null`, an empty text, list or map. */
export function sameContent(a: unknown, b: unknown): boolean {
  return same(a, b, isEmpty);
}

function same(a: unknown, b: unknown, isAbsent: (value: unknown) => boolean): boolean {
  if (a === b) return true;
  if (isAbsent(a) || isAbsent(b)) return isAbsent(a) && isAbsent(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => same(item, b[index], isAbsent));
  }
  const [left, right] = [a as Fields, b as Fields];
  for (const key in left) if (!same(left[key], own(right, key), isAbsent)) return false;
  for (const key in right) if (!Object.hasOwn(left, key) && !isAbsent(right[key])) return false;
  return true;
}

type Fields = Readonly<Record<string, unknown>>;

function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Every field of `expected` is in `actual`, which may have more in its maps, not in its lists. */
export function covers(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return actual === expected;
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return false;
    return expected.every((item, index) => covers(actual[index], item));
  }
  return Object.entries(expected).every(([key, value]) => covers(own(actual as Fields, key), value));
}
