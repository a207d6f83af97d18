import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const PROJECT = join(import.meta.dirname, '../..');

interface Package {
  readonly scripts: Readonly<Record<string, string>>;
}

const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as Package;

/** Those that say what they are for; the others begin at once. */
const programs = [
  'src/main.ts',
  ...Object.values(scripts).flatMap(
    (line) => /node ((?:bench|test)\/(?:[-\w]+\/)?(?:main|cli)\.ts)$/.exec(line)?.[1] ?? [],
  ),
];

test('there are several', () => {
  expect(programs).toEqual(expect.arrayContaining(['bench/main.ts', 'test/properties/main.ts', 'test/load/main.ts']));
});

test.each(programs)('node %s --help prints its usage, without a build', async (program) => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--help'], { cwd: PROJECT });
  expect(stdout).toMatch(/usage/i);
});
