import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './pages.ts';

/** `PAGE TITLE`: the table below a heading of a page of results, so that what is quoted is what was measured. */
export async function renderResults(args: string): Promise<string> {
  const [page = '', ...words] = args.split(' ');
  const title = words.join(' ');
  const text = await readFile(join(ROOT, page), 'utf8');
  const [, section] = text.split(`\n## ${title}\n`);
  const table = section
    ?.split('\n## ', 1)[0]
    ?.split('\n')
    .filter((line) => line.startsWith('|'));
  if (table === undefined || table.length === 0) throw new Error(`${page} has no table below "${title}"`);
  return table.join('\n');
}
