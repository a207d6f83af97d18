/** `npm run docs`: writes every generated region of every page anew. Read the diff before you commit it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPages, ROOT } from './pages.ts';
import { regenerate } from './regions.ts';

let changed = 0;
// Commands in the pages name files relative to the root.
process.chdir(ROOT);
for (const page of readPages()) {
  const text = await regenerate(page);
  if (text === page.text) continue;
  await writeFile(join(ROOT, page.path), text);
  process.stdout.write(`${page.path}\n`);
  changed += 1;
}
process.stdout.write(`${changed} pages changed\n`);
