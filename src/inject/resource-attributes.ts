import { type ContainerEnv, readVariable } from './container-env.ts';
import { escapeReferences } from './expansion.ts';

/**
 * The text form of `OTEL_RESOURCE_ATTRIBUTES`: `key=value` pairs with commas between them, values percent-encoded.
 * Source: OpenTelemetry specification, "Resource SDK" (the W3C Baggage format without properties).
 */

/**
 * Encodes what the format forbids (all but baggage-octets, and `,` `=` `%`), and `+`, which Java's decoder would read as a
 * space. What is left of `$(` is escaped for Kubernetes.
 */
export function encodeAttribute(value: string): string {
  const encoded = value.toWellFormed().replaceAll(/[^!#-$&-*\-.-:<>-[\]-~]/gu, encodeURIComponent);
  return escapeReferences(encoded);
}

/**
 * The keys that a text has. An entry without `=`, which SDKs may refuse, has none. `service.name=` counts: its author meant
 * to say something of it.
 */
export function attributeKeys(text: string): Set<string> {
  const keys = new Set<string>();
  for (const pair of text.split(',')) {
    const end = pair.indexOf('=');
    if (end > 0) keys.add(decodeKey(pair.slice(0, end).trim()));
  }
  return keys;
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** The value of one key (the last of its kind wins, as in Java's SDK), or `undefined`. */
export function attributeValue(text: string, key: string): string | undefined {
  let value: string | undefined;
  for (const pair of text.split(',')) {
    const end = pair.indexOf('=');
    if (end > 0 && decodeKey(pair.slice(0, end).trim()) === key) value = decodeKey(pair.slice(end + 1).trim());
  }
  return value === '' ? undefined : value;
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
  /** `text` as written, `expanded` after Kubernetes' references. */
  | { readonly state: 'readable'; readonly text: string; readonly expanded: string; readonly index: number }
  | { readonly state: 'unreadable' };

const VARIABLE = 'OTEL_RESOURCE_ATTRIBUTES';

/** Reads the variable of a container. A value from a field, a Secret or an `envFrom` source cannot be read. */
export function readAttributes(env: ContainerEnv): AttributesText {
  const found = env.entries.get(VARIABLE);
  if (found === undefined) return { state: env.fromSources.has(VARIABLE) ? 'unreadable' : 'absent' };
  const expanded = readVariable(env, VARIABLE);
  if (expanded === undefined) return { state: 'unreadable' };
  return { state: 'readable', text: found.entry.value ?? '', expanded: expanded ?? '', index: found.index };
}
