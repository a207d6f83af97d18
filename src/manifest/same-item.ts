import { isDeepStrictEqual } from 'node:util';
import { isInline } from './render.ts';
import { isRecord } from '../record.ts';

/** Whether `after` may be `before` with something added: in the lists of a Pod, things of one name are the same thing. */
export function isSameItem(before: unknown, after: unknown): boolean {
  if (isDeepStrictEqual(before, after)) return true;
  if (isRecord(before) && isRecord(after)) {
    return before['name'] === undefined ? hasGrown(before, after) : before['name'] === after['name'];
  }
  return Array.isArray(before) && Array.isArray(after) && hasGrown(before, after);
}

function hasGrown(before: unknown, after: unknown): boolean {
  if (isInline(before)) return true;
  if (Array.isArray(before) && Array.isArray(after)) {
    let kept = 0;
    for (const value of after) if (kept < before.length && isSameItem(before[kept], value)) kept += 1;
    return kept === before.length;
  }
  if (!isRecord(before) || !isRecord(after)) return false;
  return Object.entries(before).every(([key, value]) => Object.hasOwn(after, key) && hasGrown(value, after[key]));
}
