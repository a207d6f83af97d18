import { describe, expect, test } from 'vitest';
import { type ConfigKind } from '../settings/index.ts';
import { readSeen, type SeenConfig } from './config-objects.ts';
import { createLayers } from './layers.ts';

let generations = 0;

/** An object as it was read from the cluster; each is a new generation, unless it is said otherwise. */
function seen(kind: ConfigKind, namespace: string | undefined, spec: unknown, changes: object = {}): SeenConfig {
  generations += 1;
  const place = namespace === undefined ? {} : { namespace };
  const metadata = { name: 'default', ...place, uid: `uid of ${namespace}`, generation: generations, ...changes };
  return readSeen(kind, { apiVersion: 'tracehook.io/v1alpha1', kind, metadata, spec, status: {} });
}

function cluster(spec: unknown, changes: object = {}): SeenConfig {
  return seen('ClusterTracingConfig', undefined, spec, changes);
}

function own(namespace: string, spec: unknown, changes: object = {}): SeenConfig {
  return seen('TracingConfig', namespace, spec, changes);
}

const URL_A = 'http://a:4318';
const URL_B = 'http://b:4318';
const at = (http: string): object => ({ collector: { http } });
const requests = (memory: string): object => ({ sidecar: { resources: { requests: { memory } } } });
const limits = (memory: string): object => ({ sidecar: { resources: { limits: { memory } } } });

/** Layers with these objects in them, and what is asked of them most. */
function layersOf(...objects: readonly SeenConfig[]) {
  const layers = createLayers();
  for (const object of objects) layers.put(object);
  const messages = (): readonly string[] => layers.problems().map(({ reason, message }) => `${reason}: ${message}`);
  const http = (namespace: string): unknown => layers.settingsOf(namespace).collector.http.value;
  return { ...layers, messages, http };
}

describe('settings in force', () => {
  test('are built-in defaults, where there is no object', () => {
    expect(layersOf().settingsOf('shop').collector.http).toMatchObject({ value: undefined, source: 'not configured' });
  });

  test("are the namespace's over the cluster's, and say whose they are", () => {
    const { settingsOf } = layersOf(cluster({ ...at(URL_A), mode: 'sidecar' }), own('shop', at(URL_B)));
    expect(settingsOf('shop')).toMatchObject({
      collector: { http: { value: URL_B, source: 'TracingConfig shop/default' } },
      mode: { value: 'sidecar', source: 'ClusterTracingConfig default' },
    });
    expect(settingsOf('other').collector.http.value).toBe(URL_A);
  });

  test("fall back to the cluster's when the namespace's object is gone, and to built-in defaults when that is too", () => {
    const [whole, part] = [cluster(at(URL_A)), own('shop', at(URL_B))];
    const { remove, http } = layersOf(whole, part);
    expect(remove(part)).toEqual({ namespace: 'shop', settings: true, problems: [] });
    expect(http('shop')).toBe(URL_A);
    expect(remove(whole)).toEqual({ settings: true, problems: [] });
    expect(http('shop')).toBeUndefined();
  });

  test("follow the cluster's object in each namespace", () => {
    const { put, http, settingsOf } = layersOf(cluster({ ...at(URL_A), mode: 'sidecar' }), own('shop', at(URL_B)));
    put(cluster({ mode: 'env' }));
    expect([http('shop'), http('other')]).toEqual([URL_B, undefined]);
    expect(settingsOf('shop').mode.value).toBe('env');
  });
});

describe('the settings of all namespaces that have their own', () => {
  test('are those in force, one by one', () => {
    const { ownSettings, clusterSettings, settingsOf } = layersOf(
      cluster(at(URL_A)),
      own('shop', at(URL_B)),
      own('refused', { mode: 'pod' }),
    );
    expect([...ownSettings().keys()]).toEqual(['shop']);
    expect(ownSettings().get('shop')).toBe(settingsOf('shop'));
    expect(clusterSettings()).toBe(settingsOf('nobody'));
  });
});

describe('what a change costs', () => {
  test("a namespace's settings are the same object until one of its layers changes", () => {
    const { put, settingsOf } = layersOf(cluster(at(URL_A)), own('shop', at(URL_B)), own('other', at(URL_B)));
    const [shop, other, nobody] = ['shop', 'other', 'nobody'].map(settingsOf);
    put(own('shop', { mode: 'env' }));
    expect(settingsOf('shop')).not.toBe(shop);
    expect(settingsOf('other')).toBe(other);
    expect(settingsOf('nobody')).toBe(nobody);
    put(cluster({}));
    expect(settingsOf('other')).not.toBe(other);
    expect(settingsOf('nobody')).not.toBe(nobody);
  });

  test('what says the same as before is no change: a status, a label, another order of fields', () => {
    const { put, settingsOf } = layersOf(own('shop', { mode: 'env', skipEnv: ['A'] }, { generation: 7 }));
    const before = settingsOf('shop');
    const same = own('shop', { skipEnv: ['A'], mode: 'env' }, { generation: 7, labels: { app: 'shop' } });
    expect(put(same)).toBeUndefined();
    expect(settingsOf('shop')).toBe(before);
  });

  test('another generation that says the same is told, for its status, and changes no settings', () => {
    const { put, settingsOf } = layersOf(cluster({}), own('shop', { mode: 'env' }));
    const before = settingsOf('shop');
    expect(put(own('shop', { mode: 'env' }))).toEqual({ namespace: 'shop', settings: false, problems: [] });
    expect(put(cluster({}))).toEqual({ settings: false, problems: [] });
    expect(settingsOf('shop')).toBe(before);
  });
});

describe('an object that is refused', () => {
  test('leaves in force what it said before, and nothing else is affected', () => {
    const { put, http, messages } = layersOf(cluster(at(URL_A)), own('shop', at(URL_B)), own('other', at(URL_B)));
    const change = put(own('shop', { collector: { http: 'ftp://b' } }, { generation: 99 }));
    expect(change).toMatchObject({
      namespace: 'shop',
      settings: false,
      problems: [{ generation: 99, reason: 'Invalid' }],
    });
    expect(['shop', 'other', 'nobody'].map(http)).toEqual([URL_B, URL_B, URL_A]);
    expect(messages()).toEqual([expect.stringMatching(/^Invalid: spec\.collector\.http: must be .*, is "ftp:\/\/b"$/)]);
  });

  test("leaves a namespace with the cluster's settings, if it was never good", () => {
    const { http, messages } = layersOf(cluster(at(URL_A)), own('shop', { mode: 'pod' }));
    expect(http('shop')).toBe(URL_A);
    expect(messages()).toHaveLength(1);
  });

  test('of the cluster leaves what it said before in every namespace', () => {
    const { put, http } = layersOf(cluster(at(URL_A)), own('shop', { mode: 'env' }));
    put(cluster({ collector: 7 }));
    expect([http('shop'), http('nobody')]).toEqual([URL_A, URL_A]);
  });

  test('is forgotten once it is mended, and once it is gone', () => {
    const [bad, worse] = [own('shop', { mode: 'pod' }), cluster({ mode: 'pod' })];
    const { put, remove, messages } = layersOf(bad, worse);
    expect(messages()).toHaveLength(2);
    put(own('shop', { mode: 'env' }));
    remove(worse);
    expect(messages()).toEqual([]);
  });

  test('takes its last good settings with it when it is gone', () => {
    const bad = own('shop', { mode: 'pod' });
    const { put, remove, http } = layersOf(cluster(at(URL_A)), own('shop', at(URL_B)));
    put(bad);
    remove(bad);
    put(own('shop', { mode: 'pod' }));
    expect(http('shop')).toBe(URL_A);
  });

  test('is told once, as long as it is the same', () => {
    const { put } = layersOf(own('shop', { mode: 'pod' }, { generation: 7 }));
    expect(put(own('shop', { mode: 'pod' }, { generation: 7 }))).toBeUndefined();
    expect(put(cluster({}))).toEqual({ settings: true, problems: [] });
    expect(put(own('shop', { mode: 'pot' }, { generation: 8 }))).toMatchObject({ settings: false });
    // A cluster that was restored from a copy may have another object of the same generation.
    expect(put(own('shop', { mode: 'pat' }, { generation: 8 }))).toMatchObject({ settings: false });
  });

  test('with very many mistakes has some of them told, each at a bounded length', () => {
    const names = Array.from({ length: 200 }, (_, index) => [`no-such-${index}-${'x'.repeat(2_000)}`, 1]);
    const { messages } = layersOf(own('shop', Object.fromEntries(names)));
    expect(messages()[0]?.length).toBeLessThan(3_500);
    expect(messages()[0]).toMatch(/spec: has \d+ more mistakes$/);
  });

  test('that nobody could read keeps nobody from reading the others', () => {
    let deep: unknown = {};
    for (let level = 0; level < 200_000; level++) deep = [deep];
    const { http, messages } = layersOf(cluster(at(URL_A)), own('shop', { collector: deep }), own('other', at(URL_B)));
    expect([http('shop'), http('other')]).toEqual([URL_A, URL_B]);
    expect(messages()).toHaveLength(1);
  });
});

describe('resources of a sidecar, which come from several layers', () => {
  test("that do not fit in with the cluster's are refused", () => {
    const { messages, settingsOf } = layersOf(
      cluster(limits('64Mi')),
      own('shop', { ...requests('96Mi'), mode: 'sidecar' }),
    );
    expect(messages()).toEqual([
      'Invalid: spec.sidecar.resources.requests.memory: must be at most the limit, "64Mi" (ClusterTracingConfig default), is "96Mi"',
    ]);
    expect(settingsOf('shop').mode.value).toBe('env');
  });

  test("are in force once the cluster's object makes room for them", () => {
    const { put, messages, settingsOf } = layersOf(cluster(limits('64Mi')), own('shop', requests('96Mi')));
    expect(put(cluster(limits('256Mi')))).toEqual({ settings: true, problems: [] });
    expect(messages()).toEqual([]);
    expect(settingsOf('shop').sidecar.requests.get('memory')?.value).toBe('96Mi');
  });

  test("stay in force, and are told of, if the cluster's object takes their room away", () => {
    const { put, settingsOf } = layersOf(cluster({}), own('shop', requests('96Mi')), own('other', { mode: 'env' }));
    const change = put(cluster(limits('64Mi')));
    expect(change).toMatchObject({ settings: true, problems: [{ kind: 'TracingConfig', namespace: 'shop' }] });
    expect(settingsOf('shop').sidecar.requests.get('memory')?.value).toBe('96Mi');
  });

  test("of the cluster's object alone are held against built-in defaults", () => {
    const { messages } = layersOf(cluster(limits('16Mi')));
    expect(messages()).toEqual([
      'Invalid: spec.sidecar.resources.limits.memory: must be at least the request, "64Mi" (built-in default), is "16Mi"',
    ]);
  });
});

describe('an object of another name', () => {
  test('never counts, and says why', () => {
    const stranger = own('shop', at(URL_B), { name: 'mine' });
    const { remove, http, messages } = layersOf(cluster(at(URL_A)), stranger);
    expect(http('shop')).toBe(URL_A);
    expect(messages()).toEqual([
      'Ignored: metadata.name: must be default (a namespace has one TracingConfig), is "mine"',
    ]);
    expect(remove(stranger)).toEqual({ namespace: 'shop', settings: false, problems: [] });
    expect(messages()).toEqual([]);
  });

  test('of the cluster is told as such', () => {
    const { put, messages } = layersOf(own('shop', at(URL_B)));
    expect(put(cluster(at(URL_A), { name: 'mine' }))).toMatchObject({ settings: false, problems: [{ name: 'mine' }] });
    expect(messages()).toEqual([
      'Ignored: metadata.name: must be default (a cluster has one ClusterTracingConfig), is "mine"',
    ]);
  });
});
