import { describe, expect, test } from 'vitest';
import { parseStatus, planInjection, readPod } from '../../inject/index.ts';
import { resolveSettings, type Settings, type TracingSpec } from '../../settings/index.ts';
import { type Circumstances, type DriftState, holds, judgeByMetadata, judgePod } from './judge.ts';

function settingsOf(spec: TracingSpec): Settings {
  return resolveSettings({ source: 'a document', spec }, undefined);
}

const COLLECTOR = { collector: { http: 'http://collector:4318' } };

function circumstances(spec: TracingSpec = COLLECTOR, changes: Partial<Circumstances> = {}): Circumstances {
  return { optIn: 'enabled', settings: settingsOf(spec), configMapKeys: () => undefined, ...changes };
}

function podOf(annotations: object = { 'tracehook.io/inject': 'true' }, env: readonly object[] = []): object {
  return { metadata: { name: 'web', annotations }, spec: { containers: [{ name: 'app', image: 'app:1', env }] } };
}

/** The config hash that a Pod would bear under these circumstances. */
function markUnder(now: Circumstances, pod: object = podOf()): string {
  const read = readPod(pod);
  if (!('pod' in read)) throw new Error('no Pod');
  const plan = planInjection({ pod: read.pod, namespace: 'shop', ...now });
  return (plan.outcome === 'skipped' ? undefined : parseStatus(plan.status)?.config) ?? '';
}

function stateOf(pod: object, mark: string | undefined, now: Circumstances): DriftState {
  return judgePod(pod, { namespace: 'shop', ...(mark === undefined ? {} : { mark }) }, now).state;
}

const NOW = circumstances();
const OTHER = circumstances({ collector: { http: 'http://other:4318' } });
const NONE = circumstances({});
const DISABLED = podOf({ 'tracehook.io/inject': 'true' }, [{ name: 'OTEL_SDK_DISABLED', value: 'true' }]);

describe('a running Pod', () => {
  test.for<[string, DriftState, object, string | undefined, Circumstances]>([
    ['without a mark that would be injected', 'missed', podOf(), undefined, NOW],
    ['without a mark that is rightly skipped', 'unwanted', DISABLED, undefined, NOW],
    ['without a mark that refuses', 'unwanted', podOf({ 'tracehook.io/inject': 'false' }), undefined, NOW],
    ['without a mark and without a collector', 'unwanted', podOf(), undefined, NONE],
    ['without a mark in a namespace of all', 'missed', podOf({}), undefined, { ...NOW, optIn: 'all' }],
    ['with the mark of the settings in force', 'injected', podOf(), markUnder(NOW), NOW],
    ['with the mark of other settings', 'stale', podOf(), markUnder(OTHER), NOW],
    ['with a mark that would be skipped today', 'injected', podOf(), markUnder(NOW), NONE],
    [
      'with the mark, after a change that does not concern it',
      'injected',
      podOf(),
      markUnder(NOW),
      circumstances({ ...COLLECTOR, sidecar: { image: 'other:1' } }),
    ],
    ['that has no shape of a Pod', 'unwanted', { spec: 1 }, undefined, NOW],
    ['that has no shape of a Pod, with a mark', 'injected', { spec: 1 }, 'x', NOW],
  ])('%s is %s', ([, state, pod, mark, now]) => {
    expect(stateOf(pod, mark, now)).toBe(state);
  });

  test.for<[string, { mark?: string; asks: boolean }, Circumstances['optIn'], DriftState | undefined]>([
    ['no mark, does not ask', { asks: false }, 'enabled', 'unwanted'],
    ['no mark, does not ask, in a namespace of all', { asks: false }, 'all', undefined],
    ['no mark, asks', { asks: true }, 'enabled', undefined],
    ['a mark', { asks: false, mark: 'x' }, 'enabled', undefined],
    ['a mark, in a namespace that has opted out', { asks: true, mark: 'x' }, 'none', 'unwanted'],
  ])('by its metadata alone: %s', ([, group, optIn, state]) => {
    expect(judgeByMetadata(group, { ...NOW, optIn })?.state).toBe(state);
  });

  test('a verdict names what a new Pod would bear', () => {
    expect(judgePod(podOf(), { namespace: 'shop' }, NOW).expected).toBe(markUnder(NOW));
    expect(judgePod(podOf(), { namespace: 'shop', mark: markUnder(OTHER) }, NOW).expected).toBe(markUnder(NOW));
  });

  test('a verdict holds until the settings, the label or the keys of a ConfigMap change that was asked about', () => {
    const certificateAuthority = { configMap: 'ca', key: 'ca.crt' };
    const keys = new Set(['ca.crt']);
    const now = circumstances(
      { collector: { ...COLLECTOR.collector, certificateAuthority } },
      { configMapKeys: (name) => (name === 'ca' ? keys : undefined) },
    );
    const verdict = judgePod(podOf(), { namespace: 'shop' }, now);
    expect(holds(verdict, now)).toBe(true);
    expect(holds(verdict, { ...now, configMapKeys: (name) => (name === 'ca' ? keys : new Set()) })).toBe(true);
    expect(holds(verdict, { ...now, configMapKeys: () => undefined })).toBe(false);
    expect(holds(verdict, { ...now, optIn: 'all' })).toBe(false);
    expect(holds(verdict, { ...now, settings: settingsOf(COLLECTOR) })).toBe(false);
  });
});
