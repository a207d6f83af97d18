/**
 * What came of the mutants, as files:
 *
 *   results.json     counts and survivors of each source file, as the last run of it found them
 *   explained.json   why a survivor may live; written by hand
 *   RESULTS.md       both, for readers
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A mutant that no test notices. Places in the text are told by the text, so that they outlive a shift of lines. */
export interface Survivor {
  /** Kind of change, as Stryker names it. */
  readonly mutator: string;
  /** The source line in which the change begins. */
  readonly line: string;
  /** What is replaced, in one line, and cut if it is long. */
  readonly original: string;
  readonly replacement: string;
  /** Place of the change, `line:column-line:column` from 1, in the text that was mutated. */
  readonly at: string;
  /** No test reaches the place at all. */
  readonly uncovered?: true;
}

/** What the last run found in one file. */
export interface FileResult {
  /** Day of the run, and what it ran with. */
  readonly date: string;
  readonly versions: string;
  /** Hash of the text that was mutated. */
  readonly source: string;
  readonly killed: number;
  /** Mutants that ran forever, or long enough to be taken for it: noticed as well. */
  readonly timedOut: number;
  readonly survivors: readonly Survivor[];
}

/** Results by path. */
export type Results = Readonly<Record<string, FileResult>>;

/** Why a survivor may live. One entry is for all survivors of the file that it describes. */
export interface Explanation extends Pick<Survivor, 'mutator' | 'line' | 'original' | 'replacement'> {
  readonly file: string;
  readonly reason: string;
}

export const RESULTS_FILE = join(import.meta.dirname, 'results.json');
export const PAGE_FILE = join(import.meta.dirname, 'RESULTS.md');
export const EXPLAINED_FILE = join(import.meta.dirname, 'explained.json');

export function readResults(): Results {
  return JSON.parse(readFileSync(RESULTS_FILE, 'utf8')) as Results;
}

export function readExplanations(): readonly Explanation[] {
  return JSON.parse(readFileSync(EXPLAINED_FILE, 'utf8')) as Explanation[];
}

/** The explanation of a survivor, if there is one. */
export function explanationOf(
  file: string,
  survivor: Survivor,
  explanations: readonly Explanation[],
): Explanation | undefined {
  return explanations.find((explanation) => explanation.file === file && isSame(explanation, survivor));
}

/** Explanations of files that have a result, without a survivor that they explain. */
export function staleExplanations(results: Results, explanations: readonly Explanation[]): readonly Explanation[] {
  return explanations.filter(
    (explanation) => results[explanation.file]?.survivors.some((survivor) => isSame(explanation, survivor)) !== true,
  );
}

function isSame(a: Omit<Explanation, 'file' | 'reason'>, b: Survivor): boolean {
  return a.mutator === b.mutator && a.line === b.line && a.original === b.original && a.replacement === b.replacement;
}
