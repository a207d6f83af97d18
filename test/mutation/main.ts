/** `npm run mutation`: changes the pure rooms in small ways, and sees whether their tests notice. */
import { existsSync, globSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { matchesGlob } from 'node:path';
import { parseArgs } from 'node:util';
import { mutateFile, mutateSurvivors } from './mutate.ts';
import { renderPage } from './page.ts';
import { PAGE_FILE, readExplanations, readResults, type Results, RESULTS_FILE } from './results.ts';
import { findRoom, type Room, ROOMS } from './rooms.ts';
import { complaintsOf, talliesOf, unexplainedOf } from './verdict.ts';

const HELP = `Changes the pure rooms in small ways (mutants), and sees whether their tests notice.

Usage: npm run mutation -- [options] [room or file]...

Rooms: ${ROOMS.map(({ name }) => name).join(', ')}; without arguments all of them, which takes hours.

  --concurrency N   mutants at a time (default: 1)
  --survivors       only what survived unexplained, where the file has not changed since; after a test was added
  --page            run nothing; write RESULTS.md anew from results.json and explained.json
  --help            print this

Writes test/mutation/results.json and RESULTS.md, and reports/mutation/*.html to look at. Exit codes: 0 as it has to be, 1 too many
mutants survive, or one that is not explained, or an explanation explains nothing, 2 wrong options.
`;

/** One file that is to be mutated. */
interface Task {
  readonly room: Room;
  readonly file: string;
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      concurrency: { type: 'string', default: '1' },
      survivors: { type: 'boolean', default: false },
      page: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const concurrency = Number(values.concurrency);
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new Error(`--concurrency: must be a whole number of 1 or more, is "${values.concurrency}"`);
  const tasks = values.page ? [] : tasksOf(positionals);
  // File by file: what an interrupted run has finished is kept.
  for (const [index, { room, file }] of tasks.entries()) {
    process.stdout.write(`${index + 1} of ${tasks.length}: ${file}\n`);
    const before = values.survivors ? readResults()[file] : undefined;
    const found =
      before === undefined
        ? await mutateFile(room, file, concurrency)
        : await mutateSurvivors(room, file, before, concurrency);
    // Read only now: another run may have finished other files meanwhile.
    await write({ ...readResults(), ...found });
  }
  if (values.page) await write(readResults());
  return report();
}

function tasksOf(names: readonly string[]): readonly Task[] {
  return (names.length === 0 ? ROOMS.map(({ name }) => name) : names).flatMap((name) => {
    const owner = ROOMS.find(({ sources }) => existsSync(name) && matchesGlob(name, sources));
    if (owner !== undefined) return [{ room: owner, file: name }];
    const room = findRoom(name);
    return sourcesOf(room).map((file) => ({ room, file }));
  });
}

function sourcesOf(room: Room): readonly string[] {
  return globSync(room.sources, { exclude: ['**/*.test.ts'] }).toSorted();
}

/** Files that are gone have no results. */
async function write(results: Results): Promise<void> {
  const kept = Object.entries(results)
    .filter(([file]) => existsSync(file))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  await writeFile(RESULTS_FILE, `${JSON.stringify(Object.fromEntries(kept), undefined, 2)}\n`);
  await writeFile(PAGE_FILE, renderPage(Object.fromEntries(kept), readExplanations()));
}

function report(): number {
  for (const { room, mutants, survived, uncovered, score } of talliesOf(readResults()))
    process.stdout.write(
      `${room.name}: ${mutants} mutants, ${survived + uncovered} survive, score ${score.toFixed(1)} %\n`,
    );
  const missing = ROOMS.flatMap(sourcesOf).filter((file) => readResults()[file] === undefined);
  if (missing.length > 0) process.stdout.write(`no result yet, or nothing to change: ${missing.join(', ')}\n`);
  const complaints = complaintsOf(readResults(), readExplanations());
  const unexplained = unexplainedOf(readResults(), readExplanations());
  for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
  for (const line of unexplained) process.stdout.write(`survives unexplained: ${line}\n`);
  return complaints.length + unexplained.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
