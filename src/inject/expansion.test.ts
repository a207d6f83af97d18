import { describe, expect, it } from 'vitest';
import { escapeReferences, expandReferences } from './expansion.ts';

const defined: Readonly<Record<string, string | undefined>> = { A: 'a', EMPTY: '', REFERS: '$(A)', SECRET: undefined };
const lookup = (name: string) => (name in defined ? defined[name] : null);
const expand = (text: string) => expandReferences(text, lookup, 100);

describe("Kubernetes' expansion", () => {
  it.each([
    ['keeps a text without references', 'plain', 'plain'],
    ['puts in what is defined', '$(A)', 'a'],
    ['puts it in wherever it stands, as often as it stands', 'x$(A)y$(A)', 'xaya'],
    ['puts in an empty text', '[$(EMPTY)]', '[]'],
    ['keeps a reference to what is not defined', '$(NOBODY)-$(A)', '$(NOBODY)-a'],
    ['does not expand what it has put in', '$(REFERS)', '$(A)'],
    ['takes two dollars for one', '$$', '$'],
    ['takes an escaped reference for a text', '$$(A)', '$(A)'],
    ['expands behind two escaped dollars', '$$$(A)', '$a'],
    ['counts dollars from the left', '$$$$(A)', '$$(A)'],
    ['keeps a dollar before anything else', '$A $5 $', '$A $5 $'],
    ['keeps a reference that does not end', '$(A', '$(A'],
    ['ends a reference at the first parenthesis', '$(A))', 'a)'],
    ['knows no references within references', '$($(A))', '$($(A))'],
    ['keeps an empty reference', '$()', '$()'],
    ['crosses lines', 'one\n$(A)', 'one\na'],
  ])('%s', (_, text, expanded) => {
    expect(expand(text)).toBe(expanded);
  });

  it('cannot be known where what it refers to cannot be known', () => {
    expect(expand('$(A)$(SECRET)')).toBeUndefined();
    expect(expand('$$(SECRET)')).toBe('$(SECRET)');
  });

  it('ends where the text grows longer than allowed', () => {
    expect(expandReferences('$(A)$(A)', lookup, 2)).toBe('aa');
    expect(expandReferences('$(A)$(A)', lookup, 1)).toBeUndefined();
    expect(expandReferences('$(A)b', lookup, 1)).toBeUndefined();
    expect(expandReferences('ab', lookup, 1)).toBeUndefined();
  });

  it('reads a reference that does not end once, however often it begins', () => {
    const open = '$('.repeat(500_000);
    expect(expandReferences(open, lookup, 1_000_000)).toBe(open);
    expect(expandReferences(`${open}A)`, lookup, 1_000_002)).toBe(`${open}A)`);
  });

  it.each(['plain', '$', '$$', '$$$', '$(A)', '$$(A)', '$A', 'a$', '$($(A))', '$(', ')$'])(
    'gives the escaped form of %j back as it was',
    (text) => {
      expect(expand(escapeReferences(text))).toBe(text);
    },
  );

  it('is escaped only where it would take place', () => {
    expect(escapeReferences('$5 and $(A)')).toBe('$5 and $$(A)');
  });
});
