import { describe, expect, it } from 'vitest';
import { parseStatus, withoutClaims } from './status.ts';

const status = { mode: 'env', config: '0', containers: { app: { env: ['A'] } } };
const withApp = (app: unknown) => ({ ...status, containers: { app } });

describe('a status annotation', () => {
  it.each<[string, object]>([
    ['the least that we write', status],
    ['no containers', { ...status, containers: {} }],
    ['what was extended', withApp({ env: [], extended: { OTEL_RESOURCE_ATTRIBUTES: 0 } })],
    ['mounts, volumes and a sidecar', { ...withApp({ env: [], mounts: ['a'] }), volumes: ['a'], sidecar: 'b' }],
    ['fields of a newer version', { ...status, future: true }],
  ])('is read with %s', (_, value) => {
    expect(parseStatus(JSON.stringify(value))).toEqual(value);
  });

  it('counts as none where there is none', () => {
    expect(parseStatus(undefined)).toBeUndefined();
  });

  it('counts as none if it is longer than the API server takes of all annotations', () => {
    const text = JSON.stringify(status).padEnd(262_144);
    expect(parseStatus(text)).toEqual(status);
    expect(parseStatus(`${text} `)).toBeUndefined();
  });

  it.each([
    '',
    'injected',
    '{',
    'null',
    '1',
    '"env"',
    '[]',
    '{}',
    JSON.stringify({ ...status, mode: 1 }),
    JSON.stringify({ ...status, config: undefined }),
    JSON.stringify({ ...status, containers: null }),
    JSON.stringify({ ...status, containers: [] }),
    JSON.stringify(withApp(null)),
    JSON.stringify(withApp(['A'])),
    JSON.stringify(withApp({})),
    JSON.stringify(withApp({ env: 'A' })),
    JSON.stringify(withApp({ env: [1] })),
    JSON.stringify(withApp({ env: [], mounts: 'a' })),
    JSON.stringify(withApp({ env: [], extended: [] })),
    JSON.stringify(withApp({ env: [], extended: { A: '1' } })),
    JSON.stringify(withApp({ env: [], extended: { A: -1 } })),
    JSON.stringify(withApp({ env: [], extended: { A: 0.5 } })),
    JSON.stringify({ ...status, volumes: 'a' }),
    JSON.stringify({ ...status, volumes: [null] }),
    JSON.stringify({ ...status, sidecar: {} }),
  ])('counts as none with the value %s', (text) => {
    expect(parseStatus(text)).toBeUndefined();
  });
});

describe('a Pod without what a status claims', () => {
  it('has lost the claimed entries, mounts, volumes and sidecar, and the lists that are then empty', () => {
    const agent = { name: 'tracehook-agent', restartPolicy: 'Always', env: [{ name: 'TRACEHOOK_AGENT_CONFIG' }] };
    const pod = {
      metadata: { name: 'a' },
      spec: {
        containers: [{ name: 'app', image: 'a', env: [{ name: 'A' }], volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
        initContainers: [agent],
        volumes: [{ name: 'v' }],
      },
    };
    const claims = { ...withApp({ env: ['A'], mounts: ['v'] }), volumes: ['v'], sidecar: agent.name } as never;
    expect(withoutClaims(pod, claims).spec).toEqual({ containers: [{ name: 'app', image: 'a' }] });
  });

  it('has no lists that it did not have before', () => {
    const containers = [{ name: 'app', env: [{ name: 'A' }, { name: 'B' }] }];
    expect(withoutClaims({ metadata: {}, spec: { containers } }, status).spec).toEqual({
      containers: [{ name: 'app', env: [{ name: 'B' }] }],
    });
  });

  it('keeps an agent sidecar that the status does not claim', () => {
    const agent = { name: 'tracehook-agent', restartPolicy: 'Always', env: [{ name: 'TRACEHOOK_AGENT_CONFIG' }] };
    const pod = { metadata: {}, spec: { containers: [{ name: 'app' }], initContainers: [agent] } };
    expect(withoutClaims(pod, status).spec.initContainers).toEqual([agent]);
  });

  it('keeps a container that is claimed as the sidecar, but is not like ours', () => {
    const containers = [{ name: 'app' }];
    for (const init of [
      { name: 'tracehook-agent', env: [{ name: 'TRACEHOOK_AGENT_CONFIG' }] },
      { name: 'tracehook-agent', restartPolicy: 'Always' },
      { name: 'tracehook-agent', restartPolicy: 'Always', env: [{ name: 'OWN_CONFIG' }] },
      { name: 'other', restartPolicy: 'Always', env: [{ name: 'TRACEHOOK_AGENT_CONFIG' }] },
    ]) {
      const pod = { metadata: {}, spec: { containers, initContainers: [init] } };
      expect(withoutClaims(pod, { ...status, sidecar: init.name }).spec.initContainers).toEqual([init]);
    }
  });

  it.each<[string, object, object]>([
    ['the part of a value that is its author’s', { name: 'X', value: 'mine,ours' }, { name: 'X', value: 'mine' }],
    ['a shorter value as it is', { name: 'X', value: 'me' }, { name: 'X', value: 'me' }],
    ['an entry that has no value', { name: 'X' }, { name: 'X' }],
    ['an entry whose value is null', { name: 'X', value: null }, { name: 'X', value: null }],
    ['the empty value of another entry', { name: 'Y', value: '' }, { name: 'Y', value: '' }],
  ])('keeps %s', (_, entry, kept) => {
    const pod = { metadata: {}, spec: { containers: [{ name: 'app', env: [entry] }] } } as never;
    const claims = withApp({ env: [], extended: { X: 4 } }) as never;
    expect(withoutClaims(pod, claims).spec.containers[0]?.env).toEqual([kept]);
  });

  it('has lost a value of which nothing is its author’s', () => {
    const pod = { metadata: {}, spec: { containers: [{ name: 'app', env: [{ name: 'X', value: 'ours' }] }] } };
    const claims = withApp({ env: [], extended: { X: 0 } }) as never;
    expect(withoutClaims(pod, claims).spec.containers[0]?.env).toEqual([{ name: 'X' }]);
  });

  it('has lost what was added to the last entry of a name, the one that counts, and to no other', () => {
    const env = [
      { name: 'X', value: 'first of two' },
      { name: 'X', value: 'mine,ours' },
    ];
    const pod = { metadata: {}, spec: { containers: [{ name: 'app', env }] } };
    const claims = withApp({ env: [], extended: { X: 4 } }) as never;
    expect(withoutClaims(pod, claims).spec.containers[0]?.env).toEqual([env[0], { name: 'X', value: 'mine' }]);
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'keeps a variable %s, though every object has such a property',
    (name) => {
      const env = [{ name, value: 'mine' }];
      const pod = { metadata: {}, spec: { containers: [{ name: 'app', env }] } };
      const claims = withApp({ env: [], extended: { X: 4 } }) as never;
      expect(withoutClaims(pod, claims).spec.containers[0]?.env).toEqual(env);
    },
  );
});
