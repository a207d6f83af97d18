/** What a scenario has seen, held against what is asked. */
export interface Finding {
  readonly what: string;
  /** What is asked, as text; absent for what is only told. */
  readonly bound?: string;
  readonly seen: string;
  /** True unless the bound was missed. */
  readonly isKept: boolean;
  /** Tests hold counts only: how long something takes is the machine's affair, and a matter for the long runs' report. */
  readonly kind: 'count' | 'time';
}

/** A scenario, in the length that the tests run and in the length that the report is about. */
export interface Scenario {
  readonly name: string;
  /** A sentence. */
  readonly title: string;
  readonly short: (report: Report) => Promise<readonly Finding[]>;
  readonly long: (report: Report) => Promise<readonly Finding[]>;
}

/** Is told how far a scenario is; the last text counts. */
export type Report = (progress: string) => void;

export function count(what: string, seen: number, most: number): Finding {
  return { what, bound: `at most ${most}`, seen: String(seen), isKept: seen <= most, kind: 'count' };
}

export function atLeast(what: string, seen: number, least: number): Finding {
  return { what, bound: `at least ${least}`, seen: String(seen), isKept: seen >= least, kind: 'count' };
}

export function told(what: string, seen: string | number): Finding {
  return { what, seen: String(seen), isKept: true, kind: 'count' };
}

export function time(what: string, seenMs: number, mostMs: number): Finding {
  return {
    what,
    bound: `at most ${mostMs} ms`,
    seen: `${Math.round(seenMs)} ms`,
    isKept: seenMs <= mostMs,
    kind: 'time',
  };
}
