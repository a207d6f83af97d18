import { readFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import strykerPackage from '@stryker-mutator/core/package.json' with { type: 'json' };
import { version as vitestVersion } from 'vitest/node';
import type { FileResult, Results, Survivor } from './results.ts';
import { type Room, ROOM_VARIABLE } from './rooms.ts';

type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

/** Mutates a file of a room, and says what came of it. Shows its progress meanwhile. */
export async function mutate(room: Room, file: string, concurrency: number): Promise<Results> {
  process.env[ROOM_VARIABLE] = room.name;
  const lines = readFileSync(file, 'utf8').split('\n');
  const mutants = await new Stryker({
    mutate: [file],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    // The room says itself which tests it has; to follow imports from the mutated file would take longer than they run.
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    concurrency,
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
  return mutants.length === 0 ? {} : { [file]: resultOf(mutants, lines) };
}

function resultOf(mutants: readonly Mutant[], lines: readonly string[]): FileResult {
  const count = (...statuses: readonly Mutant['status'][]) =>
    mutants.filter(({ status }) => statuses.includes(status)).length;
  return {
    date: new Date().toISOString().slice(0, 10),
    versions: `StrykerJS ${strykerPackage.version}, vitest ${vitestVersion}, Node ${process.versions.node}`,
    // With a RuntimeError, the module cannot be loaded and no test of it begins.
    killed: count('Killed', 'RuntimeError'),
    timedOut: count('Timeout'),
    survivors: mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .map((mutant) => survivorOf(mutant, lines)),
  };
}

/** As much of a text as it takes to know it. */
const LONGEST_TEXT = 120;

function survivorOf({ mutatorName, location, replacement, status }: Mutant, lines: readonly string[]): Survivor {
  const { start, end } = location;
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
    ...(status === 'NoCoverage' ? { uncovered: true } : {}),
  };
}

function inOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
}
