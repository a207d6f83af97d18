import { expect, test } from 'vitest';
import type { Injection } from './plan.ts';
import type { Container, Pod } from './pod.ts';
import { confirmedClaims, type ContainerStatus, type Status } from './status.ts';

/** What is planned: two variables, an extended value, a mount and its volume. */
const VOLUME = { name: 'ca', configMap: { name: 'ca', items: [{ key: 'a', path: 'b' }], optional: true } };
const plan = {
  containers: ['app', 'init'].map((name) => ({
    name,
    add: [{ entry: { name: 'A', value: 'a' } }, { entry: { name: 'B', value: 'b' } }],
    extend: { name: 'X', before: 'mine', after: 'mine,ours' },
    mounts: [{ name: 'ca', mountPath: '/ca', readOnly: true }],
  })),
  volumes: [{ name: 'ca', volume: VOLUME }],
} as unknown as Injection;

const podWith = (app: Partial<Container>, spec: Partial<Pod['spec']> = {}): Pod => ({
  metadata: {},
  spec: { containers: [{ name: 'app', ...app }], ...spec },
});

const statusOf = (app: ContainerStatus, more: Partial<Status> = {}): Status => ({
  mode: 'env',
  config: 'hash',
  containers: { app },
  ...more,
});

/** What is confirmed of the container's claims. */
const confirmed = (claim: ContainerStatus, app: Partial<Container>) =>
  confirmedClaims(podWith(app), statusOf(claim), plan);

test('a claim of a variable holds if the container has it as it is planned', () => {
  const claim = { env: ['A', 'B', 'C', 'D'] };
  const env = [
    { name: 'A', value: 'a' },
    { name: 'B', value: 'other' },
    { name: 'C', value: 'c' },
  ];
  expect(confirmed(claim, { env })).toEqual(statusOf({ env: ['A'] }));
  expect(confirmed({ env: ['B'] }, { env })).toEqual(statusOf({ env: [] }));
  expect(confirmed({ env: ['A'] }, {})).toEqual(statusOf({ env: [] }));
});

test.each<[string, ContainerStatus, string, boolean]>([
  ['holds if value and length are as planned', { env: [], extended: { X: 4 } }, 'mine,ours', true],
  ['does not hold with another value', { env: [], extended: { X: 4 } }, 'mine,theirs', false],
  ['does not hold with another length', { env: [], extended: { X: 3 } }, 'mine,ours', false],
  ['does not hold for another variable', { env: [], extended: { Y: 4 } }, 'mine,ours', false],
  ['is not there if nobody makes it', { env: [] }, 'mine,ours', false],
])('a claim of an extended value %s', (_, claim, value, holds) => {
  expect(confirmed(claim, { env: [{ name: 'X', value }] })).toEqual(
    statusOf({ env: [], ...(holds ? { extended: { X: 4 } } : {}) }),
  );
});

test('a claim of an extended value does not hold where the variable is gone, or nothing is to be extended', () => {
  const claim = { env: [], extended: { X: 4 } };
  expect(confirmed(claim, {})).toEqual(statusOf({ env: [] }));
  const [app] = plan.containers;
  const { extend: _none, ...rest } = { ...app };
  const without = { ...plan, containers: [rest] } as unknown as Injection;
  const env = [{ name: 'X', value: 'mine,ours' }];
  expect(confirmedClaims(podWith({ env }), statusOf(claim), without)).toEqual(statusOf({ env: [] }));
});

test('a claim of a mount holds if it is planned, and every mount of the name has its path', () => {
  const claim = { env: [], mounts: ['ca', 'ca', 'other'] };
  const mount = { name: 'ca', mountPath: '/ca' };
  const holds = statusOf({ env: [], mounts: ['ca'] });
  expect(confirmed(claim, { volumeMounts: [mount, { name: 'other', mountPath: '/ca' }] })).toEqual(holds);
  expect(confirmed(claim, {})).toEqual(holds);
  expect(confirmed(claim, { volumeMounts: [mount, { name: 'ca', mountPath: '/b' }] })).toEqual(statusOf({ env: [] }));
});

/** The plan with other mounts. */
const withMounts = (...paths: readonly string[]): Injection => ({
  ...plan,
  containers: plan.containers.map((planned) => ({
    ...planned,
    mounts: paths.map((path) => ({ name: path.slice(1), mountPath: path, readOnly: true })),
  })),
});

test('of several mounts that are planned, each has a name and a path of its own', () => {
  const claims = statusOf({ env: [], mounts: ['ca'] });
  const holds = (mountPath: string) =>
    confirmedClaims(podWith({ volumeMounts: [{ name: 'ca', mountPath }] }), claims, withMounts('/ca', '/keys'));
  expect(holds('/ca')).toEqual(claims);
  expect(holds('/keys')).toEqual(statusOf({ env: [] }));
});

test('a claim of a mount does not hold where none is planned, even if the Pod has none either', () => {
  const claims = statusOf({ env: [], mounts: ['ca'] });
  expect(confirmedClaims(podWith({}), claims, withMounts())).toEqual(statusOf({ env: [] }));
});

test.each<[string, object | undefined, boolean]>([
  ['is as planned', VOLUME, true],
  ['has defaults filled in', { ...VOLUME, configMap: { ...VOLUME.configMap, defaultMode: 420 } }, true],
  ['is gone', undefined, true],
  ['is another', { name: 'ca', emptyDir: {} }, false],
  ['has another name', { ...VOLUME, configMap: { ...VOLUME.configMap, name: 'b' } }, false],
  ['has an item more', { ...VOLUME, configMap: { ...VOLUME.configMap, items: [{ key: 'a', path: 'b' }, {}] } }, false],
  ['has another item', { ...VOLUME, configMap: { ...VOLUME.configMap, items: [{ key: 'a', path: 'c' }] } }, false],
  ['has items that are no list', { ...VOLUME, configMap: { ...VOLUME.configMap, items: {} } }, false],
])('a claim of a volume, where it %s: %j', (_, volume, holds) => {
  const volumes = [{ name: 'first' }, ...(volume === undefined ? [] : [volume])] as { name: string }[];
  const claims = statusOf({ env: [] }, { volumes: ['ca', 'ca', 'first'] });
  expect(confirmedClaims(podWith({}, { volumes }), claims, plan)).toEqual(
    statusOf({ env: [] }, holds ? { volumes: ['ca'] } : {}),
  );
});

test('a claim of a volume holds where the Pod has no volumes', () => {
  const claims = statusOf({ env: [] }, { volumes: ['ca'] });
  expect(confirmedClaims(podWith({}), claims, plan)).toEqual(claims);
});

test('a claim of a volume does not hold where none of its name is planned, even if the Pod has none either', () => {
  const claims = statusOf({ env: [] }, { volumes: ['other'] });
  expect(confirmedClaims(podWith({}), claims, plan)).toEqual(statusOf({ env: [] }));
});

test('a claim of a volume with several items holds if each of them is as planned', () => {
  const volumeWith = (...keys: readonly string[]) => ({
    name: 'ca',
    configMap: { name: 'ca', items: keys.map((key) => ({ key, path: key })), optional: true },
  });
  const planned = { ...plan, volumes: [{ name: 'ca', volume: volumeWith('a', 'b') }] } as Injection;
  const claims = statusOf({ env: [] }, { volumes: ['ca'] });
  const confirm = (...keys: readonly string[]) =>
    confirmedClaims(podWith({}, { volumes: [volumeWith(...keys)] }), claims, planned);
  expect(confirm('a', 'b')).toEqual(claims);
  expect(confirm('a', 'c')).toEqual(statusOf({ env: [] }));
});

test('claims of containers that are not there or not planned are dropped, those of init containers are not', () => {
  const claims: Status = {
    mode: 'env',
    config: 'hash',
    containers: { app: { env: [] }, gone: { env: [] }, unplanned: { env: [] }, init: { env: ['A'] } },
  };
  const initContainers = [{ name: 'init', env: [{ name: 'A', value: 'a' }] }, { name: 'unplanned' }];
  expect(confirmedClaims(podWith({}, { initContainers }), claims, plan).containers).toEqual({
    app: { env: [] },
    init: { env: ['A'] },
  });
});

test('the claim of a sidecar is looked at elsewhere', () => {
  const claims = statusOf({ env: [] }, { mode: 'sidecar', sidecar: 'tracehook-agent' });
  expect(confirmedClaims(podWith({}), claims, plan)).toEqual(claims);
});
