/** `npm run crds`: writes charts/tracehook/crds anew. Read the diff before you commit it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { crdFiles } from './crd-files.ts';

for (const { path, text } of crdFiles()) {
  const file = resolve(import.meta.dirname, '..', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  process.stdout.write(`${path}\n`);
}
