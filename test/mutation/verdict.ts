import { matchesGlob } from 'node:path';
import { type Explanation, explanationOf, type Results, staleExplanations } from './results.ts';
import { type Room, ROOMS } from './rooms.ts';

/** Percent of a room's mutants. */
export const MOST_SURVIVORS = 10;

/** The numbers of one room. */
export interface Tally {
  readonly room: Room;
  /** Files that have a result. */
  readonly files: number;
  readonly mutants: number;
  readonly killed: number;
  readonly timedOut: number;
  readonly survived: number;
  readonly uncovered: number;
  /** Percent that tests notice. */
  readonly score: number;
  /** The day of the room's oldest result. */
  readonly date: string;
}

/** The numbers of every room that has results. */
export function talliesOf(results: Results): readonly Tally[] {
  return ROOMS.flatMap((room) => {
    const files = filesOf(room, results).map(([, result]) => result);
    return files.length === 0 ? [] : [tallyOf(room, files)];
  });
}

/** The results of a room's files. */
export function filesOf(room: Room, results: Results): readonly [string, Results[string]][] {
  return Object.entries(results).filter(([file]) => matchesGlob(file, room.sources));
}

function tallyOf(room: Room, files: readonly Results[string][]): Tally {
  const sum = (count: (file: Results[string]) => number) => files.reduce((total, file) => total + count(file), 0);
  const killed = sum((file) => file.killed);
  const timedOut = sum((file) => file.timedOut);
  const uncovered = sum(({ survivors }) => survivors.filter((survivor) => survivor.uncovered).length);
  const survived = sum(({ survivors }) => survivors.length) - uncovered;
  const mutants = killed + timedOut + survived + uncovered;
  const score = mutants === 0 ? 100 : (100 * (killed + timedOut)) / mutants;
  const [date = ''] = files.map((file) => file.date).toSorted();
  return { room, files: files.length, mutants, killed, timedOut, survived, uncovered, score, date };
}

/** What is not as it has to be, a sentence each. */
export function complaintsOf(results: Results, explanations: readonly Explanation[]): readonly string[] {
  const tooMany = talliesOf(results)
    .filter(({ score }) => 100 - score > MOST_SURVIVORS)
    .map(({ room, score }) => `${room.name}: ${(100 - score).toFixed(1)} % survive, allowed are ${MOST_SURVIVORS} %`);
  const stale = staleExplanations(results, explanations).map(
    (explanation) => `explains nothing that survives: ${JSON.stringify(explanation)}`,
  );
  return [...tooMany, ...stale];
}

/** Survivors that are still to be killed or explained, each as the line that would explain it. */
export function unexplainedOf(results: Results, explanations: readonly Explanation[]): readonly string[] {
  return Object.entries(results).flatMap(([file, { survivors }]) =>
    survivors
      .filter((survivor) => explanationOf(file, survivor, explanations) === undefined)
      .map(({ mutator, line, original, replacement }) =>
        JSON.stringify({ file, mutator, line, original, replacement, reason: '' }),
      ),
  );
}
