import { expect, test } from 'vitest';
import { readSeen, reuseLayer } from './config-objects.ts';

const metadata = { name: 'default', namespace: 'shop', uid: '1', generation: 3 };

test('what is kept of an object is who it is and what it says, nothing else', () => {
  const spec = { mode: 'env', skipEnv: null };
  const object = { kind: 'TracingConfig', metadata: { ...metadata, labels: { a: 'b' }, managedFields: [{}] }, spec };
  expect(readSeen('TracingConfig', object)).toEqual({
    kind: 'TracingConfig',
    namespace: 'shop',
    name: 'default',
    uid: '1',
    generation: 3,
    read: { layer: { source: 'TracingConfig shop/default', spec: { mode: 'env' } } },
  });
});

test("the cluster's object has no namespace, and what has no generation is the first", () => {
  const seen = readSeen('ClusterTracingConfig', { metadata: { name: 'default', uid: '1' } });
  expect(seen).toMatchObject({ generation: 0, read: { layer: { source: 'ClusterTracingConfig default', spec: {} } } });
  expect(seen).not.toHaveProperty('namespace');
});

test('whatever is thrown where an object is read is a mistake in it', () => {
  const object = {
    metadata,
    get spec(): never {
      throw new RangeError('too deep');
    },
  };
  expect(readSeen('TracingConfig', object).read).toEqual({
    mistakes: [{ field: 'spec', message: 'cannot be read: too deep' }],
  });
});

test('a layer is used again only for what says the same', () => {
  const read = (spec: unknown) => readSeen('TracingConfig', { metadata, spec }).read;
  const before = read({ mode: 'env' });
  expect(reuseLayer(before, read({ mode: 'env' }))).toBe(before);
  for (const now of [read({}), read({ mode: 'sidecar' }), read({ mode: 'pod' })]) {
    expect(reuseLayer(before, now)).toBe(now);
    expect(reuseLayer(now, before)).toBe(before);
  }
  expect(reuseLayer(undefined, before)).toBe(before);
});
