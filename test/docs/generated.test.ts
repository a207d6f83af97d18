import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../src/inject/index.ts';
import { VARIABLE_NAMES } from '../../src/inject/variable-names.ts';
import { MARK } from '../../src/sync/index.ts';
import { type Page, readPage, readPages } from './pages.ts';
import { regenerate } from './regions.ts';

const STALE = 'stale: run "npm run docs", and read what it changed';

const generated = readPages().filter(({ text }) => text.includes('<!-- generated: '));

describe('generated parts of the pages', () => {
  test('there are some', () => {
    expect(generated.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/annotations.md',
        'docs/command-line.md',
        'docs/configuration.md',
        'docs/reasons.md',
        'docs/sidecar.md',
        'docs/variables.md',
        'docs/webhook.md',
      ]),
    );
  });

  test.for(generated.map((page) => [page.path, page] as const))('%s is what the code says', async ([, page]) => {
    expect(await regenerate(page), STALE).toBe(page.text);
  });

  test('every marker of a beginning has one of an end', () => {
    const count = (text: string, marker: RegExp) => [...text.matchAll(marker)].length;
    for (const { path, text } of readPages()) {
      expect(count(text, /^<!-- generated: .* -->$/gm), path).toBe(count(text, /^<!-- \/generated -->$/gm));
    }
  });
});

describe('pages that are written by hand', () => {
  test('docs/variables.md has a row for each variable that may be injected, and no other', () => {
    expect(firstColumn(readPage('docs/variables.md'), 'variable').toSorted()).toEqual([...VARIABLE_NAMES].toSorted());
  });

  test('docs/variables.md pairs variables both ways', () => {
    const pairs = new Map(
      rowsOf(readPage('docs/variables.md'), 'variable').map(([name = '', pair = '']) => [name, pair]),
    );
    for (const [name, pair] of pairs) if (pair !== '') expect(pairs.get(pair), pair).toBe(name);
  });

  test('every annotation of ours that a page names exists', () => {
    const isKnown = (name: string) =>
      ANNOTATIONS.some(({ key }) => name === key || (/[./]$/.test(key) && name.startsWith(key)));
    // The API group, what other objects than Pods have, and an example of what does not exist.
    const others = new Set([
      'tracehook.io/v1alpha1',
      'tracehook.io/injection',
      'tracehook.io/skipenv',
      ...Object.keys(MARK),
      'tracehook.io/restarted-for',
    ]);
    for (const { path, text } of readPages()) {
      const names = [...text.matchAll(/(?<![\w./-])tracehook\.io\/[\w.-]*\w/g)].map(([name]) => name);
      expect(
        names.filter((name) => !isKnown(name) && !others.has(name)),
        path,
      ).toEqual([]);
    }
  });
});

/** Rows of the table whose first column is headed `head`; cells without the marks of code. */
function rowsOf({ text }: Page, head: string): string[][] {
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => line.startsWith(`| ${head} `));
  const length = lines.slice(begin).findIndex((line) => !line.startsWith('|'));
  return lines.slice(begin + 2, begin + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

function firstColumn(page: Page, head: string): string[] {
  return rowsOf(page, head).map(([first = '']) => first);
}
