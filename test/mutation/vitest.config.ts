import { matchesGlob, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { findRoom, ROOM_VARIABLE, ROOMS } from './rooms.ts';

const { tests } = findRoom(process.env[ROOM_VARIABLE] ?? ROOMS[0]?.name ?? '');

/** Runs files in the order in which the room lists them. */
class NearestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((a, b) => rankOf(a) - rankOf(b)));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const path = relative(process.cwd(), moduleId);
  return tests.findIndex((pattern) => matchesGlob(path, pattern));
}

/** The tests that mutants of one room have to get past. */
export default defineConfig({
  test: {
    include: [...tests],
    // Fewer than usual, and the same in every run, so that a mutant's fate is too.
    env: { TRACEHOOK_TEST_RUNS: '50' },
    setupFiles: ['test/mutation/fixed-seed.ts'],
    sequence: { sequencer: NearestFirst },
    // Shared modules are loaded once a mutant and not once a file: the tests of these rooms leave nothing behind in them.
    isolate: false,
    testTimeout: 60_000,
  },
});
