/** `npm run goldens`: writes result and explanation of every case anew. Read the diff before you commit it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CASES, caseNames, EXPLANATION, INPUT, readCase, RESULT, runOn } from './golden-case.ts';

let changed = 0;
for (const name of caseNames()) {
  const input = readCase(name, INPUT) ?? '';
  for (const [command, file] of [
    ['inject', RESULT],
    ['explain', EXPLANATION],
  ] as const) {
    const { code, out, err } = await runOn(command, name, input);
    if (code !== 0) process.stderr.write(`${name}: ${command} exits with ${code}: ${err}`);
    if (readCase(name, file) === out) continue;
    await writeFile(join(CASES, name, file), out);
    process.stdout.write(`${name}/${file}\n`);
    changed++;
  }
}
process.stdout.write(`${caseNames().length} cases, ${changed} files changed\n`);
