/** Several rounds of the same measurements on several contenders, in turn, so that a machine that changes its speed does it to all. */

/** Named numbers of one round. */
export type Figures = Readonly<Record<string, number>>;

/** The figures of all rounds, by contender. */
export type Rounds<Name extends string> = Readonly<Record<Name, readonly Figures[]>>;

/** A B B A A B …: who is measured first changes with each round. */
export async function interleave<Name extends string>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name) => Promise<Figures>,
): Promise<Rounds<Name>> {
  const all = Object.fromEntries(names.map((name): [string, Figures[]] => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) all[name]?.push(await measure(name));
  }
  return all as Record<Name, Figures[]>;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = sorted.length / 2;
  const median = sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
  return { median, least: at(0), most: at(sorted.length - 1) };
}

/** One figure of all rounds. */
export function figure(rounds: readonly Figures[], name: string): Spread {
  return spreadOf(rounds.map((figures) => figures[name] ?? Number.NaN));
}

/** `over` of each round divided by `under` of the same round: what the machine did to both cancels out. */
export function ratio(over: readonly Figures[], under: readonly Figures[], name: string): Spread {
  return spreadOf(over.map((figures, round) => (figures[name] ?? Number.NaN) / (under[round]?.[name] ?? Number.NaN)));
}
