/** Values that nobody expects where they are put. */
import type { Random } from './random.ts';

/** Stands for a piece of text that is not JSON of a value: see `printWithTokens`. */
const TOKEN = '@raw:';

/** What JSON.stringify never writes, or writes otherwise. */
const RAW_TOKENS = [
  '1e400',
  '-0',
  '-1e400',
  '1E-400',
  '9007199254740993',
  '123456789012345678901234567890',
  '0.1e1',
  'NaN',
  'Infinity',
  '01',
  '+1',
  '.5',
  'undefined',
  "'text'",
  '{"a":1,"a":2}',
  '{"__proto__":{"polluted":true}}',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  '[1,]',
  '/* */ 1',
] as const;

const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  '\ufeff',
  '\ud800',
  '\udfff\ud800',
  '\u202eabc',
  'a\u0301\u0301\u0301',
  '👩‍👩‍👧‍👧',
  '\u2028\u2029',
  '\n\r\t\u0085',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../../etc/passwd',
  '${PATH}$(PATH)$$(A)',
  '$('.repeat(50),
  '%00%ff%',
  ',,==,=,',
  'true',
  'null',
  '0',
  '-',
  'a'.repeat(254),
] as const;

export const ODD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'length',
  '0',
  '4294967295',
  '',
  ' ',
  '\ud800',
  '\u202e',
  'tracehook.io/',
  'tracehook.io/language.',
  'tracehook.io/status',
  'resource.opentelemetry.io/',
  'resource.opentelemetry.io/__proto__',
] as const;

const SCALARS = [null, true, false, 0, -1, 1.5, 2 ** 53, 1e308, [], {}, [[]], [null], { name: null }, ''] as const;

export function oddText(random: Random): string {
  if (random.chance(0.02))
    return random.pick(['x', 'é', '"', '$(A)', ','] as const).repeat(1 + random.integer(100_000));
  const text = random.pick(ODD_TEXTS);
  return random.chance(0.3) ? `a${text}b` : text;
}

/** A value of any kind: a wrong type, an odd text, something large or deep, or no JSON at all. */
export function oddValue(random: Random): unknown {
  const kind = random.integer(100);
  if (kind < 40) return structuredClone(random.pick(SCALARS));
  if (kind < 75) return oddText(random);
  if (kind < 90) return TOKEN + random.integer(RAW_TOKENS.length);
  if (kind < 94) return nested(random, 1 + random.integer(kind === 90 ? 20_000 : 300));
  if (kind < 98) return Array.from({ length: random.integer(kind === 94 ? 20_000 : 200) }, () => null);
  return lyingStatus(random);
}

/** A text of its own, not a value: JSON.stringify has a stack that ends. */
function nested(random: Random, depth: number): string {
  return `${TOKEN}${random.chance(0.5) ? 'list' : 'object'}${depth}`;
}

/** What our status annotation says in a Pod that was never injected. */
export function lyingStatus(random: Random): string {
  const names = [
    'app',
    'OTEL_SERVICE_NAME',
    '__proto__',
    'tracehook-agent',
    'OTEL_RESOURCE_ATTRIBUTES',
    'PATH',
  ] as const;
  const list = (): unknown[] => Array.from({ length: random.integer(4) }, () => random.pick(names));
  const containers = Object.fromEntries(
    list().map((name) => [
      String(name),
      { env: list(), extended: { [random.pick(names)]: random.integer(99) }, mounts: list() },
    ]),
  );
  return JSON.stringify({ mode: 'env', config: 'a', containers, volumes: list(), sidecar: random.pick(names) });
}

/** JSON of a value, with the pieces that are not JSON put in. */
export function printWithTokens(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /"@raw:(list|object)?(\d+)"/g,
    (_all, kind: string | undefined, count: string) => {
      if (kind === 'list') return '['.repeat(Number(count)) + ']'.repeat(Number(count));
      if (kind === 'object') return `${'{"a":'.repeat(Number(count))}1${'}'.repeat(Number(count))}`;
      return RAW_TOKENS[Number(count)] ?? 'null';
    },
  );
}
