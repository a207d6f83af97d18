import { describe, expect, it } from 'vitest';
import { isWorkloadKind, workloadOf } from './workload.ts';

const owner = (kind: string, name: string) => ({ kind, name, controller: true });
const podOf = (ownerReferences: readonly object[] | null | undefined, labels?: Record<string, string>) => ({
  metadata: { ...(labels === undefined ? {} : { labels }), ownerReferences: ownerReferences as never },
  spec: { containers: [] },
});
const shown = (pod: ReturnType<typeof podOf>) => workloadOf(pod).map(({ kind, name }) => `${kind} ${name}`);

describe('the workload of a Pod', () => {
  it.each<[string, readonly object[] | null | undefined]>([
    ['that nobody owns', undefined],
    ['whose owners are null', null],
    ['that has no owners', []],
    ['whose owner does not control it', [{ kind: 'StatefulSet', name: 'db' }]],
    ['whose owner is of a kind that nobody knows', [owner('Sandbox', 'web')]],
    ['whose owner is a Job of Volcano', [{ ...owner('Job', 'a'), apiVersion: 'batch.volcano.sh/v1alpha1' }]],
    ['whose owner is of a group that only ends like one', [{ ...owner('Job', 'a'), apiVersion: 'my.batch/v1' }]],
  ])('%s is nothing', (_, owners) => {
    expect(shown(podOf(owners))).toEqual([]);
  });

  it.each(['StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Deployment'])('is the %s that controls it', (kind) => {
    const another = { kind: 'Job', name: 'b', controller: false };
    expect(shown(podOf([another, owner(kind, 'a')]))).toEqual([`${kind} a`]);
  });

  it('is the StatefulSet alone, even if its name ends as that of a CronJob’s Job', () => {
    expect(shown(podOf([owner('StatefulSet', 'db-29384640')]))).toEqual(['StatefulSet db-29384640']);
  });

  it.each<[string, string, Record<string, string> | undefined, readonly string[]]>([
    ['and its Deployment', 'web-5d8f', { 'pod-template-hash': '5d8f' }, ['ReplicaSet web-5d8f', 'Deployment web']],
    ['alone without labels', 'web-5d8f', undefined, ['ReplicaSet web-5d8f']],
    ['alone without a hash', 'web-5d8f', { app: 'web' }, ['ReplicaSet web-5d8f']],
    ['alone with an empty hash', 'web-', { 'pod-template-hash': '' }, ['ReplicaSet web-']],
    ['alone if its name is shorter', 'web', { 'pod-template-hash': '5d8f' }, ['ReplicaSet web']],
    ['alone if its name ends otherwise', 'web-6e9a', { 'pod-template-hash': '5d8f' }, ['ReplicaSet web-6e9a']],
    ['alone if nothing stands in front of the hash', '-5d8f', { 'pod-template-hash': '5d8f' }, ['ReplicaSet -5d8f']],
  ])('is the ReplicaSet %s (%s)', (_, name, labels, expected) => {
    expect(shown(podOf([owner('ReplicaSet', name)], labels))).toEqual(expected);
  });

  it.each<[string, string, readonly string[]]>([
    ['and its CronJob', 'report-29384640', ['Job report-29384640', 'CronJob report']],
    ['and its CronJob from 2017-07-14 on', 'report-25000000', ['Job report-25000000', 'CronJob report']],
    ['alone before 2017-07-14', 'report-24999999', ['Job report-24999999']],
    ['alone if it ends in a date', 'report-20260131', ['Job report-20260131']],
    ['alone if it ends in fewer digits', 'report-2938464', ['Job report-2938464']],
    ['alone if it ends in more digits', 'report-293846400', ['Job report-293846400']],
    ['alone if it is all digits', '29384640', ['Job 29384640']],
    ['alone if it is more than a line', 'monthly\nreport-29384640', ['Job monthly\nreport-29384640']],
  ])('is the Job %s (%j)', (_, name, expected) => {
    expect(shown(podOf([owner('Job', name)]))).toEqual(expected);
  });

  it('is of a kind that lends its name', () => {
    expect(isWorkloadKind('Deployment')).toBe(true);
    expect(isWorkloadKind('ReplicationController')).toBe(false);
  });
});
