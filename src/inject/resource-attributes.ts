import { type ContainerEnv, expandAround, isReference } from './container-env.ts';
import { escapeReferences, findReferences } from './expansion.ts';

/**
 * The text form of `OTEL_RESOURCE_ATTRIBUTES`: `key=value` pairs with commas between them, values percent-encoded.
 * Source: OpenTelemetry specification, "Resource SDK" (the W3C Baggage format without properties).
 */

/**
 * Encodes what the format forbids (all but baggage-octets, and `,` `=` `%`), and `+`, which Java's decoder would read as a
 * space. What is left of `$(` is escaped for Kubernetes.
 */
export function encodeAttribute(value: string): string {
  if (NOTHING_TO_ENCODE.test(value)) return escapeReferences(value);
  const encoded = value.toWellFormed().replaceAll(/[^!#-$&-*\-.-:<>-[\]-~]/gu, encodeURIComponent);
  return escapeReferences(encoded);
}

/** Almost every value: names, versions, addresses. Looking is a tenth of the cost of replacing. */
const NOTHING_TO_ENCODE = /^[!#-$&-*\-.-:<>-[\]-~]*$/;

/** The pairs of a text, by key; of duplicates the last, as in Java's SDK. What has no `=`, or no key, is no pair. */
export function attributePairs(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const pair of text.split(',')) {
    const end = pair.indexOf('=');
    if (end > 0) pairs.set(decode(pair.slice(0, end).trim()), decode(pair.slice(end + 1).trim()));
  }
  return pairs;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `text`, as it is, and the pairs behind it. */
export function appendAttributes(text: string, pairs: readonly string[]): string {
  const trimmed = text.trimEnd();
  const comma = trimmed === '' || trimmed.endsWith(',') ? '' : ',';
  return text + comma + pairs.join(',');
}

/** What a container's own `OTEL_RESOURCE_ATTRIBUTES` says, as far as it can be read. */
export type AttributesText =
  | { readonly state: 'absent' }
  | {
      readonly state: 'readable';
      /** As its author wrote it. */
      readonly text: string;
      readonly keys: ReadonlySet<string>;
      /** `null` if it names no service, `undefined` if the name comes from elsewhere. */
      readonly serviceName: string | null | undefined;
      /** Some entry is not `key=value`. */
      readonly malformed: boolean;
      readonly index: number;
    }
  | { readonly state: 'unreadable' };

const VARIABLE = 'OTEL_RESOURCE_ATTRIBUTES';

/** Stands for what a reference brings from a field or a Secret. No variable can hold it. */
const OPAQUE = '\0';

/**
 * Reads the variable of a container. A reference may stand for a value (`k8s.pod.name=$(POD_NAME)`); where it would hide
 * keys, the text cannot be read, nor can one that comes from a field, a Secret or an `envFrom` source as a whole.
 */
export function readAttributes(env: ContainerEnv): AttributesText {
  const found = env.entries.get(VARIABLE);
  if (found === undefined) return { state: env.fromSources.has(VARIABLE) ? 'unreadable' : 'absent' };
  const expanded = isReference(found.entry) ? undefined : expandAround(env, found, OPAQUE);
  const text = found.entry.value ?? '';
  if (expanded === undefined || hidesKeys(expanded) || hasOpenReference(text)) return { state: 'unreadable' };
  const pairs = attributePairs(expanded);
  const name = pairs.get('service.name');
  return {
    state: 'readable',
    text,
    keys: new Set(pairs.keys()),
    serviceName: name?.includes(OPAQUE) === true ? undefined : (name ?? null),
    malformed: expanded.split(',').some((pair) => pair.trim() !== '' && pair.indexOf('=') < 1),
    index: found.index,
  };
}

/** A `$(` without its end would take our text behind it for a part of the name, up to the first `)`. */
function hasOpenReference(text: string): boolean {
  let rest = 0;
  for (const { index, text: found } of findReferences(text)) rest = index + found.length;
  // What is left open has no `)` behind it, so that no reference follows.
  return text.includes('$(', rest);
}

function hidesKeys(expanded: string): boolean {
  const keys = expanded.split(',').flatMap((pair) => pair.split('=', 1));
  return keys.some((key) => key.includes(OPAQUE));
}
