/** Names that are told together, so many milliseconds after the first of them. */
export interface Batch {
  readonly add: (name: string) => void;
  readonly stop: () => void;
}

export function createBatch(pauseMs: number, tell: (names: ReadonlySet<string>) => void): Batch {
  let names = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  function flush(): void {
    const told = names;
    names = new Set();
    timer = undefined;
    tell(told);
  }
  return {
    add(name) {
      names.add(name);
      timer ??= setTimeout(flush, pauseMs);
    },
    stop() {
      clearTimeout(timer);
      names.clear();
    },
  };
}
