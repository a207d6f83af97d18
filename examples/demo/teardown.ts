/** What has to be undone when the demo ends, however it ends. */
export interface Teardown {
  readonly add: (undo: () => Promise<void>) => void;
  /** Stops what is being started, once it has. Returns the same promise. */
  readonly stops: <T extends { stop(): Promise<void> }>(starting: Promise<T>) => Promise<T>;
  /** Undoes everything once, last first, each also if another failed; rejects with the first failure. */
  readonly run: () => Promise<void>;
}

export function createTeardown(): Teardown {
  const steps: (() => Promise<void>)[] = [];
  return {
    add: (undo) => void steps.push(undo),
    stops(starting) {
      steps.push(async () => {
        const started = await starting.catch(() => undefined);
        await started?.stop();
      });
      return starting;
    },
    async run() {
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
