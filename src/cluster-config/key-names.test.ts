import { expect, test } from 'vitest';
import { dataKeysOf } from './key-names.ts';

/** An entry as the API server writes it. */
function entry(fieldsV1: unknown, changes: object = {}): object {
  return { manager: 'kubectl', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1, ...changes };
}

test.each<[string, unknown, readonly string[] | undefined]>([
  ['one manager', [entry({ 'f:data': { '.': {}, 'f:B': {}, 'f:A': {} } })], ['A', 'B']],
  [
    'several managers, some with the same key',
    [
      entry({ 'f:data': { 'f:A': {}, 'f:B': {} } }),
      entry({ 'f:data': { 'f:B': {}, 'f:C': {} } }, { operation: 'Apply', manager: 'argocd' }),
    ],
    ['A', 'B', 'C'],
  ],
  [
    'a key that looks like a field of the format',
    [entry({ 'f:data': { 'f:f:data': {}, 'f:.': {} } })],
    ['.', 'f:data'],
  ],
  ['a key that is dotted', [entry({ 'f:data': { 'f:app.properties': {} } })], ['app.properties']],
  [
    'a key that every object has',
    [entry({ 'f:data': { 'f:__proto__': {}, 'f:toString': {} } })],
    ['__proto__', 'toString'],
  ],
  ['data without keys', [entry({ 'f:data': { '.': {} } })], []],
  ['data that is owned as a whole', [entry({ 'f:data': {} })], []],
  ['binary data, which never becomes a variable', [entry({ 'f:binaryData': { 'f:A': {} } })], []],
  ['metadata alone', [entry({ 'f:metadata': { 'f:labels': { 'f:app': {} } } })], []],
  ['what stands in the place of data and is no map', [entry({ 'f:data': 'x' })], []],
  ['other entries of keyed lists', [entry({ 'f:data': { 'k:{"name":"A"}': {}, 'v:A': {}, 'f:B': {} } })], ['B']],
  ['an object that was created empty', [], undefined],
  ['an object whose fields are not tracked', undefined, undefined],
  ['fields that are no list', { 'f:data': {} }, undefined],
  [
    'an entry of another format',
    [entry({ 'f:data': { 'f:A': {} } }), entry({}, { fieldsType: 'FieldsV2' })],
    undefined,
  ],
  ['an entry without fields', [entry(undefined)], undefined],
  ['an entry that is nothing', [null], undefined],
])('the names of a ConfigMap with %s', (_case, managedFields, names) => {
  expect(dataKeysOf({ managedFields })).toEqual(names);
});
