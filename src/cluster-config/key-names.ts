import { isRecord } from '../record.ts';

/** What the names of fields have in front of them in `managedFields`. */
const FIELD = 'f:';

/**
 * The names of a ConfigMap's keys in `data`, from its metadata alone: each key belongs to whoever wrote it, and
 * `metadata.managedFields` has that. `binaryData` never becomes a variable.
 *
 * `undefined` if they are not known: the API server tracks no fields of an object that was created empty, or whose
 * `managedFields` somebody has cleared, until it is applied.
 */
export function dataKeysOf(metadata: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const { managedFields } = metadata;
  if (!Array.isArray(managedFields) || managedFields.length === 0) return undefined;
  const keys = new Set<string>();
  for (const entry of managedFields as readonly unknown[]) {
    // Another form of fields would hide some names: then the others are not all.
    if (!isRecord(entry) || entry['fieldsType'] !== 'FieldsV1' || !isRecord(entry['fieldsV1'])) return undefined;
    const data = entry['fieldsV1'][`${FIELD}data`];
    if (!isRecord(data)) continue;
    // "." stands for the map itself.
    for (const field of Object.keys(data)) if (field.startsWith(FIELD)) keys.add(field.slice(FIELD.length));
  }
  return [...keys].toSorted();
}
