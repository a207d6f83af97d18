import type { NamespaceState } from './metrics.ts';

/** How the opted-in namespaces are, as far as they were looked at. */
export interface NamespaceStates {
  /** `undefined`: it has not opted in, or is not there. @returns whether that is another state than before. */
  readonly set: (namespace: string, state: NamespaceState | undefined) => boolean;
  readonly clear: () => void;
  readonly counts: () => Readonly<Record<NamespaceState, number>>;
}

export function createNamespaceStates(): NamespaceStates {
  const states = new Map<string, NamespaceState>();
  const numbers = zero();
  return {
    set(namespace, state) {
      const before = states.get(namespace);
      if (before === state) return false;
      if (before !== undefined) numbers[before] -= 1;
      if (state === undefined) states.delete(namespace);
      else {
        states.set(namespace, state);
        numbers[state] += 1;
      }
      return true;
    },
    clear() {
      states.clear();
      Object.assign(numbers, zero());
    },
    counts: () => ({ ...numbers }),
  };
}

function zero(): Record<NamespaceState, number> {
  return { synced: 0, conflicting: 0, failing: 0, misconfigured: 0, pending: 0 };
}
