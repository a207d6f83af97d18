import { expect, test } from 'vitest';
import { isOlder, keyOf, readObject, resourceVersionOf } from './kube-object.ts';

test.each([
  ['9', '10', true],
  ['10', '9', false],
  ['10', '10', false],
  ['9007199254740993', '9007199254740994', true],
  ['abc', '10', false],
  ['10', '', false],
])('whether version %s is older than %s: %s', (version, than, expected) => {
  expect(isOlder(version, than)).toBe(expected);
});

test.each([
  ['nothing', undefined],
  ['a list', []],
  ['no metadata', { kind: 'Pod' }],
  ['no uid', { metadata: { name: 'a', resourceVersion: '1' } }],
  ['a name that is no text', { metadata: { name: 1, uid: 'u', resourceVersion: '1' } }],
  ['a namespace that is no text', { metadata: { name: 'a', namespace: 1, uid: 'u', resourceVersion: '1' } }],
])('%s is no object', (_what, value) => {
  expect(readObject(value)).toBeUndefined();
});

test('an object is given back as it came, and has a key', () => {
  const object = { metadata: { name: 'a', namespace: 'n', uid: 'u', resourceVersion: '1' }, spec: {} };
  expect(readObject(object)).toBe(object);
  expect(keyOf(object.metadata)).toBe('n/a');
  expect(keyOf({ name: 'a' })).toBe('a');
});

test.each([
  [{ metadata: { resourceVersion: '5' } }, '5'],
  [{ metadata: { resourceVersion: '' } }, undefined],
  [{ metadata: { resourceVersion: 5 } }, undefined],
  [{}, undefined],
  [null, undefined],
])('the resource version of %j is %s', (value, expected) => {
  expect(resourceVersionOf(value)).toBe(expected);
});
