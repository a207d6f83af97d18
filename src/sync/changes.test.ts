import { describe, expect, it } from 'vitest';
import { resolveSettings } from '../settings/index.ts';
import { changesFor, desiredObjects, MARK, type Observed, observeObject, type SyncPlan } from './index.ts';

const settings = resolveSettings(
  { source: 'cluster', spec: { collector: { http: 'http://collector:4318' } } },
  undefined,
);
const desired = desiredObjects({ namespace: 'shop', settings, samplingTarget: 'sampling.svc' });

const VERSION = { uid: 'u', resourceVersion: '7' };
const OTHERS = {
  annotations: { note: 'mine' },
  finalizers: ['example.com/hold'],
  ownerReferences: [{ kind: 'Team', name: 'shop', uid: 'o' }],
};

/** All three as they should be. */
const RIGHT = Object.fromEntries(
  desired.objects.map(({ reference, content }) => [
    reference.key,
    observeObject(reference, { metadata: { ...VERSION, labels: MARK }, ...content }),
  ]),
) as Observed['objects'];

/** Then the first of the three is this. */
const withFirst = (value: Readonly<Record<string, unknown>> | undefined): Observed['objects'] => {
  const { 'ConfigMap/tracehook-env': _first, ...rest } = RIGHT;
  const found = value === undefined ? undefined : observeObject({ kind: 'ConfigMap' }, value);
  return found === undefined ? rest : { ...rest, 'ConfigMap/tracehook-env': found };
};

const marked = { ...VERSION, labels: MARK };
const DRIFTED = { metadata: marked, data: { odd: '1' } };
const FOREIGN = { metadata: { ...VERSION, labels: { team: 'shop' } }, data: { odd: '1' } };
const dying = (object: { readonly metadata: object }) => ({
  ...object,
  metadata: { ...object.metadata, deletionTimestamp: 'now' },
});
const right = desired.objects[0]?.content;

const IN: Observed = {
  namespace: { name: 'shop', optIn: 'enabled', deleting: false },
  objects: RIGHT,
  podsRefer: undefined,
};
const OUT: Observed = { ...IN, namespace: { ...IN.namespace, optIn: 'none' }, podsRefer: false };

/** `create missing ConfigMap/tracehook-env`, `Conflict ConfigMap/tracehook-env`. */
function told({ changes, leftAlone }: SyncPlan): readonly string[] {
  return [
    ...changes.map(({ action, why, reference }) => `${action} ${why} ${reference.key}`),
    ...leftAlone.map(({ reason, reference }) => `${reason} ${reference.key}`),
  ];
}

const ENV = 'ConfigMap/tracehook-env';

describe('in a namespace that is opted in', () => {
  it.each<[string, Readonly<Record<string, unknown>> | undefined, readonly string[]]>([
    ['an object that is missing is created', undefined, [`create missing ${ENV}`]],
    ['one that has drifted is replaced', DRIFTED, [`replace drifted ${ENV}`]],
    ['one that is right is left as it is', { metadata: marked, ...right }, []],
    ['one that cannot be changed is removed first', { ...DRIFTED, immutable: true }, [`remove immutable ${ENV}`]],
    ['one that is right may be immutable', { metadata: marked, ...right, immutable: true }, []],
    ["somebody else's is left alone", FOREIGN, [`Conflict ${ENV}`]],
    ["somebody else's is left alone though it says the same", { ...FOREIGN, ...right }, [`Conflict ${ENV}`]],
    ['one that is to be deleted has to be gone first', dying(DRIFTED), [`BeingDeleted ${ENV}`]],
    ["somebody else's that is to be deleted too", dying(FOREIGN), [`BeingDeleted ${ENV}`]],
  ])('%s', (_, first, expected) => {
    for (const optIn of ['enabled', 'all'] as const)
      expect(
        told(changesFor({ ...IN, namespace: { ...IN.namespace, optIn }, objects: withFirst(first) }, desired)),
      ).toEqual(expected);
  });

  it('all three are created where there is nothing', () => {
    expect(told(changesFor({ ...IN, objects: {} }, desired))).toEqual([
      'create missing ConfigMap/tracehook-env',
      'create missing ConfigMap/tracehook-sampling',
      'create missing Service/tracehook-sampling',
    ]);
  });

  it('a creation has our mark, and no version', () => {
    const [change] = changesFor({ ...IN, objects: withFirst(undefined) }, desired).changes;
    expect(change?.body).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'tracehook-env', namespace: 'shop', labels: MARK },
      ...right,
    });
  });

  it('a replacement has the version that was seen, our content alone, and what others wrote into the metadata', () => {
    const metadata = { ...marked, ...OTHERS, labels: { ...MARK, team: 'shop' } };
    const [change] = changesFor({ ...IN, objects: withFirst({ ...DRIFTED, metadata }) }, desired).changes;
    expect(change?.body).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'tracehook-env', namespace: 'shop', ...VERSION, ...OTHERS, labels: { ...MARK, team: 'shop' } },
      ...right,
    });
  });

  it('a conflict says what it is about and what can be done', () => {
    const { leftAlone } = changesFor({ ...IN, objects: withFirst(FOREIGN) }, desired);
    expect(leftAlone[0]?.message).toBe(
      'ConfigMap tracehook-env was not made by Tracehook and is left alone: delete or rename it, or give it the labels app.kubernetes.io/managed-by=tracehook and tracehook.io/synced=true to hand it over',
    );
    expect(changesFor({ ...IN, objects: withFirst(dying(DRIFTED)) }, desired).leftAlone[0]?.message).toBe(
      'ConfigMap tracehook-env is being deleted and waits for a finalizer; it is created anew when it is gone',
    );
  });
});

describe('in a namespace that is not opted in', () => {
  const removals = Object.keys(RIGHT).map((key) => `remove optedOut ${key}`);

  it('all of ours is removed when no Pod refers to it', () => {
    expect(told(changesFor(OUT, desired))).toEqual(removals);
  });

  it('a removal holds only for what was seen', () => {
    const [change] = changesFor(OUT, desired).changes;
    expect(change?.body).toEqual({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: VERSION });
  });

  it.each<[string, boolean | undefined, string, string]>([
    ['is kept as it is while Pods refer to it', true, 'InUse', 'as it is, since Pods refer to it'],
    ['is kept while nobody has looked', undefined, 'PodsUnknown', 'until it is known whether Pods refer to it'],
  ])('ours %s', (_, podsRefer, reason, end) => {
    const plan = changesFor({ ...OUT, podsRefer, objects: withFirst(DRIFTED) }, desired);
    expect(told(plan)).toEqual(Object.keys(RIGHT).map((key) => `${reason} ${key}`));
    expect(plan.leftAlone[0]?.message).toBe(`namespace shop has opted out, and ConfigMap tracehook-env is kept ${end}`);
  });

  it.each<[string, Readonly<Record<string, unknown>> | undefined]>([
    ['what is not there', undefined],
    ["somebody else's", FOREIGN],
    ['what is being deleted', dying(DRIFTED)],
  ])('nothing is done or said about %s', (_, first) => {
    expect(told(changesFor({ ...OUT, objects: withFirst(first) }, desired))).toEqual(removals.slice(1));
  });
});

describe('in a namespace that is being deleted', () => {
  it.each<[string, Observed]>([
    ['opted in', IN],
    ['not opted in', OUT],
  ])('nothing is written, be it %s', (_, observed) => {
    const namespace = { ...observed.namespace, deleting: true };
    for (const objects of [{}, RIGHT, withFirst(DRIFTED), withFirst(FOREIGN)])
      expect(changesFor({ ...observed, namespace, objects }, desired)).toEqual({ changes: [], leftAlone: [] });
  });
});
