import { describe, expect, it } from 'vitest';
import { fingerprintOf } from './fingerprint.ts';
import { MARK, observeObject } from './index.ts';

const CONFIG_MAP = { kind: 'ConfigMap' } as const;
const SERVICE = { kind: 'Service' } as const;
const METADATA = { name: 'tracehook-env', uid: 'u', resourceVersion: '7', labels: MARK };
const spec = { type: 'ExternalName', externalName: 'a.svc', ports: [{ name: 'http', port: 5778 }] };

describe('an object as the API server sends it', () => {
  it('is ours, and nothing is kept of it but a fingerprint', () => {
    expect(observeObject(CONFIG_MAP, { metadata: METADATA, data: { a: 'b' } })).toEqual({
      uid: 'u',
      resourceVersion: '7',
      ours: true,
      deleting: false,
      immutable: false,
      fingerprint: fingerprintOf('ConfigMap', { data: { a: 'b' } }),
      others: {},
    });
  });

  it('is ours, to be deleted, immutable, and has metadata of others', () => {
    const others = {
      annotations: { note: 'mine' },
      finalizers: ['example.com/hold'],
      ownerReferences: [{ kind: 'Team', name: 'shop', uid: 'o' }],
    };
    const metadata = {
      ...METADATA,
      ...others,
      labels: { ...MARK, team: 'shop' },
      deletionTimestamp: '2026-01-01T00:00:00Z',
      managedFields: [{ manager: 'someone' }],
      creationTimestamp: '2026-01-01T00:00:00Z',
    };
    expect(observeObject(CONFIG_MAP, { metadata, immutable: true })).toMatchObject({
      deleting: true,
      immutable: true,
      others: { ...others, labels: { team: 'shop' } },
    });
    expect(Object.keys(observeObject(CONFIG_MAP, { metadata })?.others ?? {}).toSorted()).toEqual([
      'annotations',
      'finalizers',
      'labels',
      'ownerReferences',
    ]);
  });

  it("is somebody else's, and nothing is kept of it, however long it is", () => {
    const metadata = { ...METADATA, labels: { team: 'shop' }, annotations: { long: 'x'.repeat(1_000_000) } };
    const observed = observeObject(CONFIG_MAP, { metadata, data: { a: 'b' } });
    expect(observed).toMatchObject({ ours: false, fingerprint: '', others: {} });
    expect(JSON.stringify(observed).length).toBeLessThan(200);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['no metadata', {}],
    ['metadata that is a text', { metadata: 'x' }],
    ['no uid', { metadata: { resourceVersion: '1' } }],
    ['no resourceVersion', { metadata: { uid: 'u' } }],
    ['a uid that is a number', { metadata: { uid: 1, resourceVersion: '1' } }],
  ])('is none if it is %s', (_, value) => {
    expect(observeObject(CONFIG_MAP, value)).toBeUndefined();
  });

  it('may have labels, lists and content of a wrong form, which count as none', () => {
    const metadata = { ...METADATA, annotations: 'x', finalizers: 'x', ownerReferences: {} };
    expect(observeObject(CONFIG_MAP, { metadata, data: 'x' })).toMatchObject({
      others: {},
      fingerprint: fingerprintOf('ConfigMap', {}),
    });
    expect(observeObject(CONFIG_MAP, { metadata: { ...METADATA, labels: [] } })).toMatchObject({ ours: false });
  });
});

describe('what counts as a difference', () => {
  const of = (kind: 'ConfigMap' | 'Service', value: Readonly<Record<string, unknown>>) =>
    observeObject({ kind }, { metadata: METADATA, ...value })?.fingerprint;

  it.each<
    [string, 'ConfigMap' | 'Service', Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>, boolean]
  >([
    ['the order of keys is none', 'ConfigMap', { data: { a: '1', b: '2' } }, { data: { b: '2', a: '1' } }, true],
    ['no data and empty data are the same', 'ConfigMap', { data: {}, binaryData: {} }, {}, true],
    ['a value is one', 'ConfigMap', { data: { a: '1' } }, { data: { a: '2' } }, false],
    ['a key is one', 'ConfigMap', { data: { a: '1' } }, { data: { a: '1', b: '' } }, false],
    ['binary data is one', 'ConfigMap', { data: { a: '1' } }, { data: { a: '1' }, binaryData: { b: 'AA==' } }, false],
    ['data that is binary is one', 'ConfigMap', { data: { a: 'AA==' } }, { binaryData: { a: 'AA==' } }, false],
    ['immutable is none', 'ConfigMap', { data: { a: '1' } }, { data: { a: '1' }, immutable: true }, true],
    [
      "the server's defaults are none",
      'Service',
      { spec },
      {
        spec: {
          ...spec,
          ports: [{ name: 'http', protocol: 'TCP', port: 5778, targetPort: 5778 }],
          sessionAffinity: 'None',
          internalTrafficPolicy: 'Cluster',
        },
        status: { loadBalancer: {} },
      },
      true,
    ],
    ['the type is one', 'Service', { spec }, { spec: { ...spec, type: 'ClusterIP' } }, false],
    ['the host is one', 'Service', { spec }, { spec: { ...spec, externalName: 'b.svc' } }, false],
    ['no ports is one', 'Service', { spec }, { spec: { ...spec, ports: [] } }, false],
    ['a port is one', 'Service', { spec }, { spec: { ...spec, ports: [{ name: 'http', port: 1 }] } }, false],
    ["a port's name is one", 'Service', { spec }, { spec: { ...spec, ports: [{ name: 'web', port: 5778 }] } }, false],
    [
      'a protocol is one',
      'Service',
      { spec },
      { spec: { ...spec, ports: [{ name: 'http', port: 5778, protocol: 'UDP' }] } },
      false,
    ],
    [
      'a target port is one',
      'Service',
      { spec },
      { spec: { ...spec, ports: [{ name: 'http', port: 5778, targetPort: 1 }] } },
      false,
    ],
    ['no spec is one', 'Service', { spec }, {}, false],
  ])('%s', (_, kind, left, right, same) => {
    expect(of(kind, left) === of(kind, right)).toBe(same);
  });

  it('a Service is no ConfigMap', () => {
    expect(observeObject(SERVICE, { metadata: METADATA, spec })?.fingerprint).toBe(fingerprintOf('Service', { spec }));
    expect(fingerprintOf('ConfigMap', { spec })).toBe(fingerprintOf('ConfigMap', {}));
  });
});
