import { hash } from 'node:crypto';
import { isRecord } from '../record.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Stands for the content of an object: equal for what we write and for what the API server makes of it, different as soon as
 * anything of what we write is different. What the server or others add beside it is not in it. `value` is the object, or the
 * part of it that is content.
 */
export function fingerprintOf(kind: 'ConfigMap' | 'Service', value: Json): string {
  const content = kind === 'ConfigMap' ? configMapContent(value) : serviceContent(recordOf(value['spec']));
  return hash('sha256', JSON.stringify(content), 'base64');
}

/** All keys: a ConfigMap of ours has no others. */
function configMapContent({ data, binaryData }: Json): unknown {
  return [sortedEntries(recordOf(data)), sortedEntries(recordOf(binaryData))];
}

/** With the defaults that the server fills in: as they are where we leave them out. */
function serviceContent({ type, externalName, ports }: Json): unknown {
  const ownPorts = listOf(ports)
    .map(recordOf)
    .map(({ name, port, protocol = 'TCP', targetPort = port }) => [name, port, protocol, targetPort]);
  return [type, externalName, ownPorts];
}

function sortedEntries(map: Json): readonly (readonly [string, unknown])[] {
  return Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** A map that is absent is an empty one. */
export function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}

/** A list that is absent is an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
