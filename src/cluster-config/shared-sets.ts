/** Sets of names of which many are the same: each is in memory once, as long as somebody uses it. */
export interface SharedSets {
  /** The set of these names, sorted: the same object for the same names. One more uses it now. */
  take(names: readonly string[]): ReadonlySet<string>;
  /** One less uses it. */
  giveBack(names: ReadonlySet<string>): void;
  /** How many there are. */
  size(): number;
}

interface Shared {
  readonly names: ReadonlySet<string>;
  readonly print: string;
  uses: number;
}

/** Every namespace has a ConfigMap with the cluster's CA, and charts bring the same keys again and again. */
export function createSharedSets(): SharedSets {
  const byPrint = new Map<string, Shared>();
  const bySet = new Map<ReadonlySet<string>, Shared>();

  function add(print: string, names: readonly string[]): Shared {
    const shared = { names: new Set(names), print, uses: 0 };
    byPrint.set(print, shared);
    bySet.set(shared.names, shared);
    return shared;
  }

  return {
    take(names) {
      // No key of a ConfigMap has a slash in it.
      const print = names.join('/');
      const shared = byPrint.get(print) ?? add(print, names);
      shared.uses += 1;
      return shared.names;
    },
    giveBack(names) {
      const shared = bySet.get(names);
      if (shared === undefined) return;
      shared.uses -= 1;
      if (shared.uses > 0) return;
      byPrint.delete(shared.print);
      bySet.delete(names);
    },
    size: () => byPrint.size,
  };
}
