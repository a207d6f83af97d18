/**
 * What a namespace's three objects should be, and what has to be written so that they are, pure: observed state in, changes out.
 *
 *   JSON of the API server ─ observeObject ─┐
 *   settings ─ desiredObjects ──────────────┴─ changesFor ─ SyncPlan ─ (the controller writes) ─ conditionsFor ─ status
 *
 *   objects.ts              the three objects: names, mark, content      observed.ts   what is kept of an object as it is
 *   namespace-variables.ts  what injection would write, without a Pod    changes.ts    the difference, as writes
 *   fingerprint.ts          what of an object's content counts           conditions.ts what the status says of it
 *                           cluster-conditions.ts: the same of all namespaces together
 *
 * Nothing here does IO, remembers anything that a result could depend on, or knows the time.
 */
export { type Change, changesFor, type LeftAlone, type Observed, type SyncPlan } from './changes.ts';
export { clusterConditionsFor } from './cluster-conditions.ts';
export { type Condition, conditionsFor, type Synced } from './conditions.ts';
export {
  type Desired,
  type DesiredObject,
  desiredObjects,
  MARK,
  type ObjectKey,
  type ObjectReference,
  SYNCED_OBJECTS,
} from './objects.ts';
export { observeObject, type ObservedObject } from './observed.ts';
