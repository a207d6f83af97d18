import { expect, test } from 'vitest';
import { type ClusterSynced, clusterConditionsFor } from './cluster-conditions.ts';

const NOW = '2026-11-24T12:00:00Z';
const GOOD = { optedIn: 3, synced: 3, conflicting: 0, failing: 0, misconfigured: 0 };

function told(changes: Partial<ClusterSynced>): Record<string, string> {
  const conditions = clusterConditionsFor({ namespaces: GOOD, problems: [], disputed: [], ...changes }, [], NOW);
  return Object.fromEntries(
    conditions.map(({ type, status, reason, message }) => [type, `${status} ${reason}: ${message}`]),
  );
}

test('where all is well it says so, since when', () => {
  expect(told({})).toEqual({
    Ready: 'True InForce: these settings are the default of every namespace',
    Synced: 'True InStep: all 3 opted-in namespaces are as the settings say',
    Conflict: 'False NoConflict: nothing of others stands in the way',
  });
  const before = clusterConditionsFor({ namespaces: GOOD, problems: [], disputed: [], generation: 4 }, [], NOW);
  expect(before.map(({ lastTransitionTime, observedGeneration }) => [lastTransitionTime, observedGeneration])).toEqual(
    Array.from({ length: 3 }, () => [NOW, 4]),
  );
  const later = clusterConditionsFor(
    { namespaces: GOOD, problems: [], disputed: [], generation: 4 },
    before,
    '2027-01-01T00:00:00Z',
  );
  expect(later).toEqual(before);
});

test('namespaces that are not in step are counted by what keeps them', () => {
  const namespaces = { optedIn: 10, synced: 3, failing: 1, conflicting: 2, misconfigured: 3 };
  expect(told({ namespaces })['Synced']).toBe(
    "False WriteRefused: 3 of 10 opted-in namespaces are as the settings say; the others: 1 in which the last write failed, 2 in which an object of such a name is somebody else's, 3 whose own configuration is not in force, 1 that wait for something to be gone",
  );
  expect(told({ namespaces: { ...GOOD, synced: 2 } })['Synced']).toBe(
    'False NotInStep: 2 of 3 opted-in namespaces are as the settings say; the others: 1 that wait for something to be gone',
  );
});

test('a document with mistakes is not in force', () => {
  const problems = [{ where: 'ClusterTracingConfig default', message: 'spec.mode: must be env' }];
  expect(told({ problems })['Ready']).toBe(
    'False InvalidConfiguration: the last good settings stay in force: ClusterTracingConfig default: spec.mode: must be env',
  );
});

test('objects of others, and services that namespaces dispute, are conflicts', () => {
  expect(told({ disputed: ['cart', 'bill'] })['Conflict']).toBe(
    "True StrategiesDiffer: namespaces have different strategies for bill, cart: Jaeger's own strategies file has the cluster's there",
  );
  const both = told({
    namespaces: { ...GOOD, synced: 2, conflicting: 1 },
    disputed: Array.from({ length: 25 }, (_, index) => `s${String(index).padStart(2, '0')}`),
  });
  expect(both['Conflict']).toContain(
    "True ForeignObject: 1 namespaces have an object of somebody else's in the way; namespaces have different strategies for s00, ",
  );
  expect(both['Conflict']).toContain('s19 and 5 more: ');
});
