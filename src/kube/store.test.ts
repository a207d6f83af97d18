import { expect, test } from 'vitest';
import type { KubeObject } from './kube-object.ts';
import { createStore } from './store.ts';

function object(name: string, text: string, uid = `uid-of-${name}`): KubeObject {
  return { metadata: { name, namespace: 'n', uid, resourceVersion: text }, text };
}

/** A store of texts; "boring" ones are of no interest, "bad" ones cannot be kept. */
function texts() {
  const told: string[] = [];
  const mistakes: unknown[] = [];
  const store = createStore<string>({
    keep({ text }) {
      if (text === 'bad') throw new Error('cannot be kept');
      return text === 'boring' ? undefined : String(text);
    },
    onChange(change) {
      const before = change.type === 'added' ? '' : change.before;
      const now = change.type === 'deleted' ? '' : change.now;
      told.push(`${change.type} ${change.key} ${before}>${now}`);
      if (now === 'explosive') throw new Error('a mistake of the caller');
    },
    onMistake: (error) => mistakes.push(error),
  });
  return { store, told, mistakes };
}

test('objects come, change and go', () => {
  const { store, told } = texts();
  store.put(object('a', '1'));
  store.put(object('a', '2'));
  store.remove(object('a', '3'));
  expect(told).toEqual(['added n/a >1', 'changed n/a 1>2', 'deleted n/a 2>']);
  expect(store.known.size).toBe(0);
});

test('the same revision twice is told once, and the end of what was never known is not told', () => {
  const { store, told } = texts();
  store.put(object('a', '1'));
  store.put(object('a', '1'));
  store.remove(object('b', '1'));
  expect(told).toEqual(['added n/a >1']);
});

test('another object of the same name is the end of one and the beginning of another', () => {
  const { store, told } = texts();
  store.put(object('a', '1'));
  store.put(object('a', '2', 'another'));
  expect(told).toEqual(['added n/a >1', 'deleted n/a 1>', 'added n/a >2']);
});

test('what is no longer of interest is gone, and comes back when it is', () => {
  const { store, told } = texts();
  store.put(object('a', '1'));
  store.put(object('a', 'boring'));
  store.put(object('b', 'boring'));
  store.put(object('a', '3'));
  expect(told).toEqual(['added n/a >1', 'deleted n/a 1>', 'added n/a >3']);
});

test('a list removes what it does not have, and tells only what is different', () => {
  const { store, told } = texts();
  for (const name of ['a', 'b', 'c']) store.put(object(name, '1'));
  told.length = 0;
  const list = store.beginList();
  list.see(object('a', '1'));
  list.see(object('c', '2'));
  list.see(object('d', '1'));
  expect(told).toEqual(['changed n/c 1>2', 'added n/d >1']);
  list.end();
  expect(told.at(-1)).toBe('deleted n/b 1>');
  expect([...store.known.keys()]).toEqual(['n/a', 'n/c', 'n/d']);
});

test('what cannot be kept leaves what was known, and what throws is told to whoever asked for it', () => {
  const { store, told, mistakes } = texts();
  store.put(object('a', '1'));
  store.put(object('a', 'bad'));
  store.put(object('a', 'explosive'));
  expect(told).toEqual(['added n/a >1', 'changed n/a 1>explosive']);
  expect(mistakes.map(String)).toEqual(['Error: cannot be kept', 'Error: a mistake of the caller']);
  expect(store.known.get('n/a')).toBe('explosive');
});
