import type { Section } from '../report.ts';
import { type Counted, sumOf } from './looks.ts';

/** Writes as the API server has counted them, in a run of the controller. */
export interface Written {
  readonly objects: Counted;
  readonly others: Counted;
}

const OURS = / (configmaps|services)$/;

/** Those of the objects that it keeps, and the others. */
export function splitWrites(counted: Counted): Written {
  const entries = [...counted];
  return {
    objects: new Map(entries.filter(([key]) => OURS.test(key))),
    others: new Map(entries.filter(([key]) => !OURS.test(key))),
  };
}

export function writesSection(
  namespaces: number,
  runs: readonly { readonly first: Written; readonly again: Written }[],
): Section {
  const show = (counted: Counted) => [...counted].map(([key, value]) => `${value} ${key}`).join(', ') || 'none';
  const rows = runs.map(({ first, again }, round) => [
    String(round + 1),
    show(first.objects),
    show(first.others),
    show(again.objects),
    show(again.others),
  ]);
  const isExact = runs.every(
    ({ first: { objects } }) => sumOf(objects) === 3 * namespaces && sumOf(objects, isPost) === sumOf(objects),
  );
  const isQuiet = runs.every(
    ({ again: { objects, others } }) => sumOf(objects) === 0 && sumOf(others, isNoLease) === 0,
  );
  return {
    title: 'Writes',
    about:
      'All writes that the API server has answered meanwhile (apiserver_request_total), refused ones included: of the objects in namespaces, and others, which are the Lease, its renewals, and the status of the ClusterTracingConfig. Then the controller is stopped and started again.',
    head: ['round', 'objects', 'others', 'after a restart: objects', 'others'],
    rows,
    remarks: [
      `Exactly three writes a namespace: ${isExact ? 'held' : 'not held'}. A restart writes nothing but its Lease: ${isQuiet ? 'held' : 'not held'}.`,
    ],
  };
}

function isPost(key: string): boolean {
  return key.startsWith('POST ');
}

function isNoLease(key: string): boolean {
  return !key.endsWith(' leases');
}
