import { describe, expect, it } from 'vitest';
import { resolveSettings, type TracingSpec } from '../settings/index.ts';
import { changesFor, type Condition, conditionsFor, desiredObjects, observeObject, type Synced } from './index.ts';

const NOW = '2026-01-02T03:04:05Z';
const desiredWith = (spec: TracingSpec) =>
  desiredObjects({
    namespace: 'shop',
    settings: resolveSettings({ source: 'cluster', spec }, undefined),
    samplingTarget: 's.svc',
  });
const desired = desiredWith({ collector: { http: 'http://collector:4318' } });
const namespace = { name: 'shop', optIn: 'enabled', deleting: false } as const;
const optedOut = { ...namespace, optIn: 'none' } as const;

const first = (value: Readonly<Record<string, unknown>>) => {
  const object = observeObject({ kind: 'ConfigMap' }, value);
  return object === undefined ? {} : { 'ConfigMap/tracehook-env': object };
};
const FOREIGN = first({ metadata: { uid: 'u', resourceVersion: '1' } });
const labels = { 'app.kubernetes.io/managed-by': 'tracehook', 'tracehook.io/synced': 'true' };
const OURS = first({ metadata: { uid: 'u', resourceVersion: '1', labels } });
const FROZEN = first({ metadata: { uid: 'u', resourceVersion: '1', labels }, immutable: true });

const missing = changesFor({ namespace, objects: {}, podsRefer: undefined }, desired);
const CALM: Synced = {
  namespace,
  desired,
  plan: { changes: [], leftAlone: [] },
  refused: [],
  problems: [],
  disputed: [],
};

/** `Ready=True InForce`, and the messages. */
const said = (synced: Synced): readonly string[] =>
  conditionsFor(synced, [], NOW).map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);

const READY = 'Ready=True InForce: new Pods are injected with these settings';
const IN_STEP = 'Synced=True InStep: the objects that Tracehook keeps are as the settings say';
const NO_CONFLICT = 'Conflict=False NoConflict: nothing of others stands in the way';

describe('the conditions of a namespace', () => {
  it.each<[string, Partial<Synced>, readonly string[]]>([
    ['that is as it should be', {}, [READY, IN_STEP, NO_CONFLICT]],
    ['whose writes were all done', { plan: missing }, [READY, IN_STEP, NO_CONFLICT]],
    [
      'whose document is wrong',
      {
        problems: [
          { where: 'spec.mode', message: 'must be env' },
          { where: 'spec.skipEnv', message: 'must be a list' },
        ],
      },
      [
        'Ready=False InvalidConfiguration: the last good settings stay in force: spec.mode: must be env; spec.skipEnv: must be a list',
        IN_STEP,
        NO_CONFLICT,
      ],
    ],
    [
      'without a collector',
      { desired: desiredWith({}) },
      [expect.stringMatching(/^Ready=False NoCollector: .*collector/), IN_STEP, NO_CONFLICT],
    ],
    [
      'that is not opted in',
      { namespace: optedOut, desired: desiredWith({}) },
      [
        'Ready=False NamespaceNotOptedIn: namespace shop is not opted in: it needs the label tracehook.io/injection, "enabled" or "all"',
        'Synced=True OptedOut: namespace shop is not opted in, and has no objects of Tracehook',
        NO_CONFLICT,
      ],
    ],
    [
      'that is being deleted',
      { namespace: { ...namespace, deleting: true }, problems: [{ where: 'spec', message: 'is wrong' }] },
      [
        'Ready=False NamespaceDeleted: namespace shop is being deleted',
        'Synced=False NamespaceDeleted: namespace shop is being deleted',
        NO_CONFLICT,
      ],
    ],
    [
      'in which a write was refused',
      {
        plan: missing,
        refused: missing.changes.slice(0, 2).map((change) => ({ change, message: 'exceeded quota' })),
      },
      [
        READY,
        'Synced=False WriteRefused: creating ConfigMap tracehook-env: exceeded quota; creating ConfigMap tracehook-sampling: exceeded quota',
        NO_CONFLICT,
      ],
    ],
    [
      'with an object that is removed to be created anew',
      { plan: changesFor({ namespace, objects: FROZEN, podsRefer: undefined }, desired) },
      [
        READY,
        'Synced=False BeingReplaced: ConfigMap tracehook-env cannot be changed (immutable): removed, to be created anew',
        NO_CONFLICT,
      ],
    ],
    [
      'with an object of somebody else',
      { plan: changesFor({ namespace, objects: FOREIGN, podsRefer: undefined }, desired) },
      [
        READY,
        expect.stringMatching(/^Synced=False Conflict: ConfigMap tracehook-env was not made by Tracehook/),
        expect.stringMatching(/^Conflict=True ForeignObject: ConfigMap tracehook-env was not made by Tracehook[^;]*$/),
      ],
    ],
    [
      'that has opted out while Pods use its objects',
      { namespace: optedOut, plan: changesFor({ namespace: optedOut, objects: OURS, podsRefer: true }, desired) },
      [
        expect.stringMatching(/^Ready=False NamespaceNotOptedIn/),
        'Synced=False InUse: namespace shop has opted out, and ConfigMap tracehook-env is kept as it is, since Pods refer to it',
        NO_CONFLICT,
      ],
    ],
    [
      'that disagrees with another',
      { disputed: ['checkout', 'cart'] },
      [
        READY,
        IN_STEP,
        "Conflict=True StrategiesDiffer: another namespace has other strategies for checkout, cart: Jaeger's own strategies file has the cluster's there",
      ],
    ],
    [
      'that disagrees with another, and has an object of somebody else',
      { plan: changesFor({ namespace, objects: FOREIGN, podsRefer: undefined }, desired), disputed: ['cart'] },
      [
        READY,
        expect.stringMatching(/^Synced=False Conflict/),
        expect.stringMatching(
          /^Conflict=True ForeignObject: ConfigMap.*; another namespace has other strategies for cart/,
        ),
      ],
    ],
  ])('%s', (_, differences, expected) => {
    expect(said({ ...CALM, ...differences })).toEqual(expected);
  });

  it('name what was tried', () => {
    const plans = [
      changesFor({ namespace, objects: OURS, podsRefer: undefined }, desired),
      changesFor({ namespace: optedOut, objects: OURS, podsRefer: false }, desired),
    ];
    const messages = plans.map((plan) => {
      const refused = plan.changes.slice(0, 1).map((change) => ({ change, message: 'no' }));
      return conditionsFor({ ...CALM, plan, refused }, [], NOW)[1]?.message;
    });
    expect(messages).toEqual(['correcting ConfigMap tracehook-env: no', 'removing ConfigMap tracehook-env: no']);
  });

  it('are no longer than 4096 characters', () => {
    const lengthWith = (service: string) => conditionsFor({ ...CALM, disputed: [service] }, [], NOW)[2]?.message ?? '';
    const around = lengthWith('').length;
    const whole = lengthWith('x'.repeat(4096 - around));
    const cut = lengthWith('x'.repeat(4097 - around));
    expect([whole.length, cut.length]).toEqual([4096, 4096]);
    expect(cut.endsWith('…')).toBe(true);
    expect(whole.endsWith('there')).toBe(true);
  });
});

describe('time and generation', () => {
  const before = conditionsFor({ ...CALM, generation: 1 }, [], '2025-01-01T00:00:00Z');

  it('are those of now, where there was no condition', () => {
    expect(before.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(Array(3).fill('2025-01-01T00:00:00Z'));
    expect(before.map(({ observedGeneration }) => observedGeneration)).toEqual([1, 1, 1]);
  });

  it('make no difference where nothing has changed', () => {
    expect(conditionsFor({ ...CALM, generation: 1 }, before.toReversed(), NOW)).toEqual(before);
  });

  it('stay when only the words or the generation change', () => {
    const plan = changesFor({ namespace, objects: FOREIGN, podsRefer: undefined }, desired);
    const twice: readonly Condition[] = conditionsFor({ ...CALM, generation: 2, plan }, before, NOW);
    expect(twice.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(['2025-01-01T00:00:00Z', NOW, NOW]);
    expect(twice.map(({ observedGeneration }) => observedGeneration)).toEqual([2, 2, 2]);
  });

  it('are left out where there is no document', () => {
    expect(conditionsFor(CALM, [], NOW).some((condition) => 'observedGeneration' in condition)).toBe(false);
  });
});
