/** What is mutated, and which tests hold it: the fast ones, nearest first, since the first that fails ends a mutant. */
export interface Room {
  /** Name on the command line and in RESULTS.md. */
  readonly name: string;
  /** The sources, as a pattern. */
  readonly sources: string;
  /** The tests, as patterns, in the order in which they run. */
  readonly tests: readonly string[];
}

const GOLDENS = 'test/goldens/goldens.test.ts';
/** Holds what stands in tables: descriptions, meanings, reasons. */
const PAGES = 'test/mutation/held-pages.ts';

/** The pure rooms: those that the table in test/architecture/imports.test.ts keeps from IO. */
export const ROOMS: readonly Room[] = [
  {
    name: 'src/sampling',
    sources: 'src/sampling/**/*.ts',
    tests: ['src/sampling/**/*.test.ts', 'src/settings/**/*.test.ts', GOLDENS, PAGES],
  },
  {
    name: 'src/settings',
    sources: 'src/settings/**/*.ts',
    tests: ['src/settings/**/*.test.ts', 'src/config-file/**/*.test.ts', GOLDENS, PAGES],
  },
  {
    // The worlds of test/sync-model notice more, and take too long.
    name: 'src/sync',
    sources: 'src/sync/**/*.ts',
    tests: ['src/sync/**/*.test.ts', 'test/properties/namespace-variables.test.ts'],
  },
  {
    name: 'src/manifest',
    sources: 'src/manifest/**/*.ts',
    tests: ['src/manifest/**/*.test.ts', 'src/cli/{inject,explain}.test.ts', GOLDENS],
  },
  {
    name: 'src/inject',
    sources: 'src/inject/**/*.ts',
    tests: ['src/inject/**/*.test.ts', 'test/properties/config-hash.test.ts', GOLDENS, PAGES],
  },
  {
    name: 'src/*.ts',
    sources: 'src/{problem,record,nearest}.ts',
    tests: ['src/{problem,record,nearest}.test.ts', 'src/settings/**/*.test.ts', 'src/config.test.ts', GOLDENS],
  },
];

/** Says to the configuration of vitest, which runs in processes of Stryker's, which room is being mutated. */
export const ROOM_VARIABLE = 'TRACEHOOK_MUTATED_ROOM';

/** The room of that name; a mistake in the name throws. */
export function findRoom(name: string): Room {
  const room = ROOMS.find((candidate) => candidate.name === name.replace(/\/$/, ''));
  if (room === undefined) throw new Error(`must be one of ${ROOMS.map((each) => each.name).join(', ')}, is "${name}"`);
  return room;
}
