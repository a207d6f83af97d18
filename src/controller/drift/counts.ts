/** Running Pods, as a status has them. */
export interface PodCounts {
  /** Injected or missed. */
  readonly wanted: number;
  /** Those that are stale included. */
  readonly injected: number;
  readonly missed: number;
  readonly stale: number;
}

export const NO_PODS: PodCounts = { wanted: 0, injected: 0, missed: 0, stale: 0 };

/** The counts of namespaces, and their sum. */
export interface CountsBook {
  /** @returns whether they are others than before. */
  readonly set: (namespace: string, counts: PodCounts) => boolean;
  readonly of: (namespace: string) => PodCounts | undefined;
  readonly total: () => PodCounts;
  readonly clear: () => void;
}

export function createCountsBook(): CountsBook {
  const byNamespace = new Map<string, PodCounts>();
  let total = NO_PODS;
  return {
    set(namespace, counts) {
      const before = byNamespace.get(namespace) ?? NO_PODS;
      const change = plus(counts, before, -1);
      if (counts.wanted === 0 && counts.injected === 0) byNamespace.delete(namespace);
      else byNamespace.set(namespace, counts);
      total = plus(total, change, 1);
      return Object.values(change).some((difference) => difference !== 0);
    },
    of: (namespace) => byNamespace.get(namespace),
    total: () => total,
    clear() {
      byNamespace.clear();
      total = NO_PODS;
    },
  };
}

function plus(one: PodCounts, other: PodCounts, times: number): PodCounts {
  return {
    wanted: one.wanted + times * other.wanted,
    injected: one.injected + times * other.injected,
    missed: one.missed + times * other.missed,
    stale: one.stale + times * other.stale,
  };
}
