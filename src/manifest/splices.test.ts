import { expect, test } from 'vitest';
import { applySplices, Unspliceable } from './splices.ts';

test('splices change their places, add between characters, and leave the rest', () => {
  const splices = [
    { start: 0, end: 1, text: 'A' },
    { start: 1, end: 1, text: '+' },
    { start: 2, end: 4, text: '' },
  ];
  expect(applySplices('abcdef', splices)).toBe('A+bef');
  expect(applySplices('abcdef', [])).toBe('abcdef');
});

test('splices that overlap, or are out of order, are refused', () => {
  const [first, second] = [
    { start: 0, end: 2, text: 'x' },
    { start: 1, end: 3, text: 'y' },
  ];
  expect(() => applySplices('abcdef', [first, second])).toThrow(new Unspliceable('splices overlap'));
  expect(() => applySplices('abcdef', [second, first])).toThrow(new Unspliceable('splices overlap'));
});
