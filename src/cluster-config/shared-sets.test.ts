import { expect, test } from 'vitest';
import { createSharedSets } from './shared-sets.ts';

test('the same names are one set, others are another', () => {
  const sets = createSharedSets();
  const first = sets.take(['A', 'B']);
  expect([...first]).toEqual(['A', 'B']);
  expect(sets.take(['A', 'B'])).toBe(first);
  expect(sets.take(['A'])).not.toBe(first);
  expect(sets.take([])).not.toBe(first);
  expect(sets.size()).toBe(3);
});

test('a set is held as long as somebody uses it', () => {
  const sets = createSharedSets();
  const names = sets.take(['A']);
  sets.take(['A']);
  sets.giveBack(names);
  expect(sets.take(['A'])).toBe(names);
  for (let use = 0; use < 2; use++) sets.giveBack(names);
  expect(sets.size()).toBe(0);
  expect(sets.take(['A'])).not.toBe(names);
});

test('a set from elsewhere is nothing that could be given back', () => {
  const sets = createSharedSets();
  sets.take(['A']);
  sets.giveBack(new Set(['A']));
  expect(sets.size()).toBe(1);
});
