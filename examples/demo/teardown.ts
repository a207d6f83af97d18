/** What has to be undone when the demo ends, however it ends. */
export interface Teardown {
  /** Starts something, and stops it in the end, once it has started. After the end nothing is started any more. */
  readonly start: <T extends { stop(): Promise<void> }>(begin: () => Promise<T>) => Promise<T>;
  /** Undoes everything once, last first, each also if another failed; rejects with the first failure. */
  readonly run: () => Promise<void>;
}

export function createTeardown(): Teardown {
  const steps: (() => Promise<void>)[] = [];
  let ended = false;
  return {
    start(begin) {
      if (ended) return Promise.reject(new Error('the demo has ended'));
      const starting = begin();
      steps.push(async () => {
        const started = await starting.catch(() => undefined);
        await started?.stop();
      });
      return starting;
    },
    async run() {
      ended = true;
      const failures: unknown[] = [];
      for (let undo = steps.pop(); undo !== undefined; undo = steps.pop()) {
        try {
          await undo();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
