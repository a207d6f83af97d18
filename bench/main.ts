/**
 * `npm run bench`: the webhook against the floor (floor/server.ts), in one run and as ratios.
 *
 *   main.ts → per-review.ts, steps.ts, patch.ts, memory.ts, api-server.ts: a part each → report.ts: bench/RESULTS.md
 *   bench.ts: servers and driver, each on a core · rounds.ts: A B B A, medians · reviews.ts: Pods of a size
 */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT } from '../test/server-process/bundle.ts';
import { measureApiServer } from './api-server.ts';
import { openBench } from './bench.ts';
import { measureMemory } from './memory.ts';
import { measurePatches } from './patch.ts';
import { measureReviews } from './per-review.ts';
import { measureSteps } from './steps.ts';
import { commit, type Section, showPage, showSection } from './report.ts';

const PARTS = ['reviews', 'steps', 'patch', 'memory', 'api-server'] as const;
const RESULTS = join(PROJECT, 'bench/RESULTS.md');

const HELP = `usage: npm run bench -- [OPTIONS]

Measures the webhook against a bare Node server that answers "allowed". A whole run takes about 20 minutes, wants a
machine that does nothing else, and writes bench/RESULTS.md.

  --part NAME    only this part (${PARTS.join(', ')}), printed, not written; repeatable
  --rounds N     rounds of each measurement (default 7)
  --hurry        a twentieth of the calls and two rounds, printed, not written: shows that all works
  --help
`;

function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}

async function main(args: readonly string[]): Promise<number> {
  const options = {
    part: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '7' },
    hurry: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const rounds = values.hurry ? 2 : Number(values.rounds);
  const parts = values.part ?? PARTS;
  const unknown = parts.find((part) => !PARTS.some((known) => known === part));
  if (unknown !== undefined || !Number.isInteger(rounds) || rounds < 1) {
    const mistake =
      unknown === undefined
        ? `--rounds: must be a whole number of 1 or more, is "${values.rounds}"`
        : `--part: must be one of ${PARTS.join(', ')}, is "${unknown}"`;
    process.stderr.write(`${mistake}\n\n${HELP}`);
    return 2;
  }
  const bench = await openBench({ rounds, hurry: values.hurry ? 20 : 1, say });
  const sections: Section[] = [];
  let kubernetes = 'not measured';
  try {
    if (parts.includes('reviews')) sections.push(...(await measureReviews(bench)));
    if (parts.includes('steps')) sections.push(...(await measureSteps(bench)));
    if (parts.includes('patch')) sections.push(...(await measurePatches(bench)));
    if (parts.includes('memory')) sections.push(...(await measureMemory(bench)));
    if (parts.includes('api-server')) {
      const measured = await measureApiServer(bench);
      sections.push(...measured.sections);
      kubernetes = measured.version;
    }
  } finally {
    await bench.close();
  }
  if (values.part !== undefined || values.hurry) {
    process.stdout.write(`${sections.map(showSection).join('\n\n')}\n`);
    return 0;
  }
  const occasion = {
    title: 'Results of the benchmark',
    command: 'npm run bench',
    date: new Date(),
    rounds,
    cores: bench.cores,
    kubernetes,
    commit: commit(),
  };
  await writeFile(RESULTS, showPage(occasion, sections));
  execFileSync('npx', ['oxfmt', '--write', RESULTS], { cwd: PROJECT, stdio: 'ignore' });
  say(`written: ${RESULTS}`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
