/** Gives a lane back; a second call does nothing. */
export type LeaveLane = () => void;

/** A bounded number of lanes for calls. Whoever finds none free waits in order; the urgent ones before the others. */
export interface Lanes {
  /** @throws the signal's reason if it is aborted first. */
  enter(options: { readonly signal: AbortSignal; readonly urgent: boolean }): Promise<LeaveLane>;
}

/**
 * The bound on connections stands here and not in the agent: agents change with the CA, and a call that waits in an agent's queue
 * can neither be given up nor overtaken.
 */
export function openLanes(count: number): Lanes {
  let free = count;
  const [urgentOnes, others]: [Set<() => void>, Set<() => void>] = [new Set(), new Set()];

  function leave(): LeaveLane {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      free += 1;
      const [first] = urgentOnes.size > 0 ? urgentOnes : others;
      first?.();
    };
  }

  return {
    enter({ signal, urgent }) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (free > 0) {
          free -= 1;
          return resolve(leave());
        }
        const queue = urgent ? urgentOnes : others;
        const onTurn = (): void => {
          queue.delete(onTurn);
          signal.removeEventListener('abort', onAbort);
          free -= 1;
          resolve(leave());
        };
        const onAbort = (): void => {
          queue.delete(onTurn);
          reject(signal.reason);
        };
        queue.add(onTurn);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
