import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import strykerPackage from '@stryker-mutator/core/package.json' with { type: 'json' };
import { version as vitestVersion } from 'vitest/node';
import { explanationOf, type FileResult, readExplanations, type Results, type Survivor } from './results.ts';
import { type Room, ROOM_VARIABLE } from './rooms.ts';

type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

/** Mutates a file of a room, and says what came of it. Shows its progress meanwhile. */
export async function mutateFile(room: Room, file: string, concurrency: number): Promise<Results> {
  const text = readFileSync(file, 'utf8');
  const mutants = await run(room, file, [file], concurrency);
  if (mutants.length === 0) return {};
  // With a RuntimeError, the module cannot be loaded and no test of it begins.
  const killed = countOf(mutants, 'Killed', 'RuntimeError');
  const survivors = mutants.filter(isSurvivor).map((mutant) => survivorOf(mutant, text));
  return { [file]: { ...heading(text), killed, timedOut: countOf(mutants, 'Timeout'), survivors } };
}

/**
 * Tries again what survived unexplained in a file that has not changed since; what was noticed before counts as noticed, and what
 * is explained as surviving.
 */
export async function mutateSurvivors(
  room: Room,
  file: string,
  before: FileResult,
  concurrency: number,
): Promise<Results> {
  const text = readFileSync(file, 'utf8');
  if (before.source !== hashOf(text)) return mutateFile(room, file, concurrency);
  const explanations = readExplanations();
  const open = before.survivors.filter((survivor) => explanationOf(file, survivor, explanations) === undefined);
  if (open.length === 0) return {};
  const wanted = new Set(open.map(identityOf));
  const places = new Set(open.map(({ at }) => `${file}:${rangeOf(at)}`));
  // There, and within, may be changes that were noticed before, too.
  const mutants = (await run(room, file, [...places], concurrency)).filter((mutant) =>
    wanted.has(identityOf(survivorOf(mutant, text))),
  );
  const noticed = mutants.filter((mutant) => !isSurvivor(mutant));
  const gone = new Set(noticed.map((mutant) => identityOf(survivorOf(mutant, text))));
  return {
    [file]: {
      ...heading(text),
      killed: before.killed + countOf(noticed, 'Killed', 'RuntimeError'),
      timedOut: before.timedOut + countOf(noticed, 'Timeout'),
      survivors: before.survivors.filter((survivor) => !gone.has(identityOf(survivor))),
    },
  };
}

/** Stryker reports columns from 1, and wants to be told them from 0. */
function rangeOf(at: string): string {
  return at.replaceAll(/:(\d+)/g, (_, column) => `:${Number(column) - 1}`);
}

function identityOf({ at, mutator, replacement }: Survivor): string {
  return JSON.stringify([at, mutator, replacement]);
}

function heading(text: string): Pick<FileResult, 'date' | 'versions' | 'source'> {
  return {
    date: new Date().toISOString().slice(0, 10),
    versions: `StrykerJS ${strykerPackage.version}, vitest ${vitestVersion}, Node ${process.versions.node}`,
    source: hashOf(text),
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function run(
  room: Room,
  file: string,
  places: readonly string[],
  concurrency: number,
): Promise<readonly Mutant[]> {
  process.env[ROOM_VARIABLE] = room.name;
  return new Stryker({
    mutate: [...places],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    // The room says itself which tests it has; to follow imports from the mutated file would take longer than they run.
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    concurrency,
    // Beside the tests' own time: on a busy machine a mutant waits, which is not to be taken for an endless loop.
    timeoutMS: 20_000,
    reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only', 'html'],
    htmlReporter: { fileName: `reports/mutation/${file.replaceAll('/', '-')}.html` },
    // Stryker rewrites tsconfig.json with an interface that TypeScript 7 no longer has. Nothing here extends or refers to another.
    tsconfigFile: 'none',
    disableTypeChecks: false,
    ignorePatterns: ['dist', 'coverage', 'reports'],
    cleanTempDir: 'always',
    // Tables are mutants too, though they are slow: their module is loaded before any test.
    ignoreStatic: false,
    warnings: { slow: false, unknownOptions: true, preprocessorErrors: true, unserializableOptions: true },
  }).runMutationTest();
}

function countOf(mutants: readonly Mutant[], ...statuses: readonly Mutant['status'][]): number {
  return mutants.filter(({ status }) => statuses.includes(status)).length;
}

function isSurvivor({ status }: Mutant): boolean {
  return status === 'Survived' || status === 'NoCoverage';
}

/** As much of a text as it takes to know it. */
const LONGEST_TEXT = 120;

function survivorOf({ mutatorName, location, replacement, status }: Mutant, source: string): Survivor {
  const { start, end } = location;
  const lines = source.split('\n');
  const text = lines
    .slice(start.line - 1, end.line)
    .map((line, index, { length }) => (index === length - 1 ? line.slice(0, end.column - 1) : line))
    .join('\n')
    .slice(start.column - 1);
  return {
    mutator: mutatorName,
    line: inOneLine(lines[start.line - 1] ?? ''),
    original: inOneLine(text),
    replacement: inOneLine(replacement),
    at: `${start.line}:${start.column}-${end.line}:${end.column}`,
    ...(status === 'NoCoverage' ? { uncovered: true } : {}),
  };
}

function inOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
}
