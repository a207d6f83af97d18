import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { headingAnchors, linkTargets, type Page, readPage, readPages, ROOT } from './pages.ts';

describe('links between the pages', () => {
  test('there are some', () => {
    expect(readPages().flatMap(linkTargets).length).toBeGreaterThan(30);
  });

  test.for(readPages().map((page) => [page.path, page] as const))('those of %s lead somewhere', ([, page]) => {
    expect(linkTargets(page).flatMap((target) => brokenLink(page, target))).toEqual([]);
  });

  test('every decision is in the list of decisions, under its own title', () => {
    const list = readPage('docs/adr/README.md').text;
    const records = readPages().filter(({ path }) => /^docs\/adr\/\d/.test(path));
    for (const { path, text } of records) {
      const [, title = ''] = /^# (.+)$/m.exec(text) ?? [];
      expect(list, path).toContain(`- [${title}](${path.replace('docs/adr/', '')})`);
    }
  });

  test('every page is reached from README.md', () => {
    const reached = new Set<string>();
    const follow = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const target of linkTargets(readPage(path)).map((link) => fileOf(path, link)))
        if (target?.endsWith('.md') === true && existsSync(join(ROOT, target))) follow(target);
    };
    follow('README.md');
    const pages = readPages().map(({ path }) => path);
    expect(pages.filter((path) => path.startsWith('docs/') && !reached.has(path))).toEqual([]);
  });
});

function brokenLink({ path, text }: Page, target: string): string[] {
  const file = fileOf(path, target);
  if (file === undefined) return [];
  const [, anchor] = target.split('#');
  if (!existsSync(join(ROOT, file))) return [`${target}: there is no ${file}`];
  if (anchor === undefined || !file.endsWith('.md')) return [];
  const anchors = headingAnchors(file === path ? { path, text } : readPage(file));
  return anchors.has(anchor) ? [] : [`${target}: ${file} has no heading #${anchor}`];
}

/** The file that a link leads to, from the root; `undefined` for one that leads out of the repository. */
function fileOf(path: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [file = ''] = target.split('#');
  return file === '' ? path : normalize(join(dirname(path), file));
}
