/** Generated Pods, each held against every property: what a worker of the long run does, and the tests in short. */
import fc from 'fast-check';
import type { CoreWithFaults } from './core-with-faults.ts';
import { PROPERTIES } from './properties.ts';
import { type Generated, generated, runTrial, type Trial } from './trial.ts';

/** A Pod with which a property does not hold, made as small as can be. `seed` and `path` make it again. */
export interface Failure {
  readonly property: string;
  readonly mistake: string;
  readonly seed: number;
  readonly path: string;
  readonly example: Generated;
}

/** What came of a row of Pods. */
export interface Checked {
  /** Pods that passed everything. */
  readonly pods: number;
  /** How many were injected, or left alone, for which reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** What their authors were told, and in how many Pods. */
  readonly notes: Readonly<Record<string, number>>;
  /** Different functions at whose calls a fault was tried. */
  readonly faultySpots: readonly number[];
  readonly failure?: Failure;
}

/** Generates `runs` Pods from `seed`, or the one at `path` again. Ends at the first failure. */
export function checkPods(core: CoreWithFaults, seed: number, runs: number, path?: string): Checked {
  const reasons: Record<string, number> = {};
  const notes: Record<string, number> = {};
  const spots = new Set<number>();
  let pods = 0;
  let failed = false;
  const details = fc.check(
    fc.property(generated, (given) => {
      const trial = runTrial(given, core);
      for (const { name, check } of PROPERTIES) {
        const mistake = check(trial);
        if (mistake === undefined) continue;
        failed = true;
        throw new Broken(name, mistake);
      }
      // While it is made smaller, a failure is counted neither again nor as passed.
      if (failed) return;
      pods++;
      count(trial, reasons, notes);
      spots.add(spotOf(trial));
    }),
    { seed, numRuns: runs, ...(path === undefined ? {} : { path }) },
  );
  const checked = { pods, reasons, notes, faultySpots: [...spots] };
  const [example] = details.counterexample ?? [];
  if (!details.failed || example === undefined) return checked;
  const { property, message } = describeFailure(details.errorInstance);
  const failure = { property, mistake: message, seed, path: details.counterexamplePath ?? '', example };
  return { ...checked, failure };
}

/** What holds beside the table. */
export const NOTHING_THROWS = 'nothing throws';

class Broken extends Error {
  readonly property: string;
  constructor(property: string, mistake: string) {
    super(mistake);
    this.property = property;
  }
}

function describeFailure(error: unknown): { property: string; message: string } {
  if (error instanceof Broken) return { property: error.property, message: error.message };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { property: NOTHING_THROWS, message };
}

function count({ plan }: Trial, reasons: Record<string, number>, notes: Record<string, number>): void {
  const reason = plan?.reason ?? 'InvalidPod';
  reasons[reason] = (reasons[reason] ?? 0) + 1;
  if (plan === undefined || plan.outcome === 'skipped') return;
  for (const note of new Set(plan.notes.map((told) => told.reason))) notes[note] = (notes[note] ?? 0) + 1;
}

/** The function that was made to throw. */
function spotOf({ generated: { fault }, reached }: Trial): number {
  return reached[fault.spot % reached.length]?.[0] ?? -1;
}
