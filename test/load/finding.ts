/** What a scenario has seen, held against what is asked. */
export interface Finding {
  readonly what: string;
  /** What is asked, as text; absent for what is only told. */
  readonly bound?: string;
  readonly seen: string;
  /** False if the bound was missed. */
  readonly isKept: boolean;
  /** The bound depends on how fast the machine is: for the long runs' report, not for tests. */
  readonly ofMachine: boolean;
}

/** A scenario, in the length that the tests run and in the length that the report is about. */
export interface Scenario {
  readonly name: string;
  /** A sentence. */
  readonly title: string;
  /** It takes all of the machine that it can get. */
  readonly isHeavy?: boolean;
  readonly short: (report: Report) => Promise<readonly Finding[]>;
  readonly long: (report: Report) => Promise<readonly Finding[]>;
}

/** Is told how far a scenario is; the last text counts. */
export type Report = (progress: string) => void;

export function atMost(what: string, seen: number, most: number): Finding {
  return { what, bound: `at most ${most}`, seen: String(seen), isKept: seen <= most, ofMachine: false };
}

export function told(what: string, seen: string | number): Finding {
  return { what, seen: String(seen), isKept: true, ofMachine: false };
}

/** The same finding, for the report alone. */
export function ofMachine(finding: Finding): Finding {
  return { ...finding, ofMachine: true };
}
