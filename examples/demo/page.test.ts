import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeWithBinaries } from '../../test/control-plane/suite.ts';
import { HELP } from './arguments.ts';
import { normalised, startDemo } from './demo-run.ts';
import { PROJECT } from './manifests.ts';

const run = promisify(execFile);

const page = readFileSync(join(PROJECT, 'docs/demo.md'), 'utf8');

/** The lines of all fenced blocks of a language. */
function quoted(language: string): string[] {
  const blocks = page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'));
  return [...blocks].flatMap(([, block = '']) => block.trimEnd().split('\n'));
}

/** Everything that the demo writes, in each of its ways. */
async function allOutput(): Promise<string> {
  const plain = [await startDemo(['--no-build']), await startDemo(['--no-control-plane'])];
  for (const demo of plain) expect(await demo.ended()).toEqual({ code: 0, left: [] });
  const kept = await startDemo(['--no-build', '--keep']);
  await kept.shows('Everything runs until Ctrl-C.');
  kept.child.kill('SIGINT');
  await kept.ended();
  return [...plain, kept].map(({ output }) => output()).join('');
}

describeWithBinaries('docs/demo.md', () => {
  test('quotes lines that the demo writes', async () => {
    const written = new Set(normalised(await allOutput()).split('\n'));
    const lines = quoted('text').filter((line) => line.trim() !== '…');
    expect(lines.length).toBeGreaterThan(40);
    expect(lines.map(normalised).filter((line) => !written.has(line))).toEqual([]);
  });

  test('has commands that work', async () => {
    const commands = quoted('bash');
    for (const command of commands) {
      const [program = '', ...args] = command.split(' ');
      if (program === 'node') await run(process.execPath, args, { cwd: PROJECT });
      else {
        expect(command).toMatch(/^npm run demo( -- --[a-z-]+)?$/);
        for (const flag of args.slice(3)) expect(HELP).toContain(`  ${flag} `);
      }
    }
    expect(commands.length).toBeGreaterThan(5);
  });

  test('names the commands that the demo itself names', async () => {
    const demo = await startDemo(['--no-control-plane']);
    await demo.ended();
    const named = demo
      .output()
      .split('\n')
      .filter((line) => line.startsWith('    node '));
    expect(named.length).toBeGreaterThan(1);
    expect(quoted('bash')).toEqual(expect.arrayContaining(named.map((line) => line.trim())));
  });
});
