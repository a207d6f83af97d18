import { describe, expect, test } from 'vitest';
import { createPodGroups, describeGroup, type PodMetadata } from './pod-groups.ts';

const MARK = (config: string): object => ({
  'tracehook.io/status': JSON.stringify({ mode: 'env', config, containers: {} }),
});

function pod(name: string, changes: object = {}, owner: object | null = {}): PodMetadata {
  const replicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: 'web-1',
    uid: 'rs',
    controller: true,
    ...owner,
  };
  return {
    name,
    namespace: 'shop',
    uid: `uid of ${name}`,
    ownerReferences: owner === null ? [] : [replicaSet],
    ...changes,
  };
}

function keyOf(metadata: PodMetadata): string | undefined {
  return describeGroup(metadata)?.key;
}

describe('Pods for which one answer holds', () => {
  test.for<[string, PodMetadata, PodMetadata, boolean]>([
    ['two of one ReplicaSet', pod('a'), pod('b'), true],
    ['two of different ReplicaSets', pod('a'), pod('b', {}, { uid: 'other' }), false],
    [
      'two of one Job',
      pod('a', {}, { apiVersion: 'batch/v1', kind: 'Job' }),
      pod('b', {}, { apiVersion: 'batch/v1', kind: 'Job' }),
      true,
    ],
    [
      "two of another operator's object",
      pod('a', {}, { apiVersion: 'kubeflow.org/v1', kind: 'Job' }),
      pod('b', {}, { apiVersion: 'kubeflow.org/v1', kind: 'Job' }),
      false,
    ],
    [
      'two mirrors of static Pods of one node',
      pod('a', {}, { apiVersion: 'v1', kind: 'Node' }),
      pod('b', {}, { apiVersion: 'v1', kind: 'Node' }),
      false,
    ],
    ['two bare Pods', pod('a', {}, null), pod('b', {}, null), false],
    ['one with a mark and one without', pod('a', { annotations: MARK('1') }), pod('b'), false],
    [
      'two with marks of different settings',
      pod('a', { annotations: MARK('1') }),
      pod('b', { annotations: MARK('2') }),
      false,
    ],
    ['two with equal marks', pod('a', { annotations: MARK('1') }), pod('b', { annotations: MARK('1') }), true],
    [
      'a mark that is none of ours and no mark',
      pod('a', { annotations: { 'tracehook.io/status': '{' } }),
      pod('b'),
      true,
    ],
    ['one that was annotated by hand', pod('a', { annotations: { 'tracehook.io/inject': 'env' } }), pod('b'), false],
    ['other annotations', pod('a', { annotations: { mine: '1' } }), pod('b'), true],
    [
      'two revisions of a template',
      pod('a', { labels: { 'controller-revision-hash': '1' } }),
      pod('b', { labels: { 'controller-revision-hash': '2' } }),
      false,
    ],
  ])('%s', ([, one, other, areOne]) => {
    expect(keyOf(one) === keyOf(other)).toBe(areOne);
  });

  test('one that is being deleted is in none', () => {
    expect(describeGroup(pod('a', { deletionTimestamp: '2026-01-01T00:00:00Z' }))).toBeUndefined();
  });

  test('the maker is the owner that controls it, or the Pod itself', () => {
    expect(describeGroup(pod('a'))?.maker).toEqual({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'web-1',
      uid: 'rs',
    });
    expect(describeGroup(pod('a', {}, { controller: false }))?.maker).toMatchObject({ kind: 'Pod', uid: 'uid of a' });
  });

  test.for([
    [{}, false],
    [{ 'tracehook.io/language': 'go' }, false],
    [{ 'tracehook.io/inject': 'false' }, true],
    [{ 'sidecar.jaegertracing.io/inject': 'true' }, true],
  ] as const)('annotations %j: asks or refuses %s', ([annotations, asks]) => {
    expect(describeGroup(pod('a', { annotations }))?.asks).toBe(asks);
  });

  test('a group is one object as long as it has a Pod, and a namespace is there as long as it has a group', () => {
    const groups = createPodGroups();
    const first = groups.read(pod('a'));
    if (first === undefined) throw new Error('no group');
    groups.add(first, 'shop/a');
    const again = groups.read(pod('b'));
    expect(again).toBe(first);
    groups.add(first, 'shop/b');
    groups.remove(first, 'shop/a');
    expect([...groups.of('shop')]).toEqual([first]);
    expect([...groups.namespaces()]).toEqual(['shop']);
    groups.remove(first, 'shop/b');
    expect([...groups.of('shop')]).toEqual([]);
    expect([...groups.namespaces()]).toEqual([]);
    expect(groups.read(pod('c'))).not.toBe(first);
  });
});
