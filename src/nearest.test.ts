import { describe, expect, test } from 'vitest';
import { nearest } from './nearest.ts';

describe('the nearest of the names that there are', () => {
  test.each<[string, string, readonly string[], string | undefined]>([
    ['a letter is missing', 'colector', ['sampling', 'collector'], 'collector'],
    ['a letter is too many', 'modee', ['mode'], 'mode'],
    ['a letter is another', 'nods', ['mods'], 'mods'],
    ['two pairs of letters are swapped', 'edom', ['demo'], undefined],
    ['the first two letters are swapped', 'edmo', ['demo'], 'demo'],
    ['the last two letters are swapped', 'deom', ['demo'], 'demo'],
    ['letters swapped count once, also behind another mistake', 'xabdc', ['abcd'], undefined],
    ['letters swapped count once, also behind another mistake in a longer word', 'xabdcef', ['abcdef'], 'abcdef'],
    ['the case is another', 'SKIPENV', ['skipEnv'], 'skipEnv'],
    ['the case of the name is another, too', 'skipenf', ['SKIPENV'], 'SKIPENV'],
    ['a third of six letters is wrong', 'abcxyf', ['abcdef'], 'abcdef'],
    ['more than a third is wrong', 'axyzef', ['abcdef'], undefined],
    ['a third of the longer of the two is wrong', 'bcde', ['abcdef'], 'abcdef'],
    ['the first letter of two is missing', 'x', ['yx'], 'yx'],
    ['a letter stands behind its place, and another for it', 'xc', ['cy'], undefined],
    ['a letter stands in front of its place, and another for it', 'cx', ['yc'], undefined],
    ['one letter of two is wrong', 'ax', ['ab'], 'ab'],
    ['two letters of two are wrong', 'xy', ['ab'], undefined],
    ['the one with fewer mistakes stands behind', 'abcdeg', ['abcdyz', 'abcdef'], 'abcdef'],
    ['two are equally near: the first', 'abcx', ['abcd', 'abce'], 'abcd'],
    ['it is one of them', 'mode', ['mode', 'node'], undefined],
    ['it is the beginning of one', 'res', ['requests', 'resources'], 'resources'],
    ['it is the end of one', 'urces', ['resources'], undefined],
    ['it is the beginning of one, but a single letter', 'r', ['resources'], undefined],
    ['there are none', 'mode', [], undefined],
    ['it is empty', '', ['mode'], undefined],
  ])('if %s: %s of %j', (_, word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  test('is not looked for beyond 64 letters', () => {
    const name = 'a'.repeat(64);
    expect(nearest(`${name.slice(1)}b`, [name])).toBe(name);
    expect(nearest(`${name}b`, [name])).toBeUndefined();
  });
});
