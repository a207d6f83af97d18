const LOOK_MS = 100;
/** More than a busy machine makes of a tenth of a second. */
const LONG_MS = 3_000;
const MOST_ATTEMPTS = 5;

/**
 * Measures anew what this process, and with it the machine or all of its container, has stood still in: such a time says nothing.
 * The last of five attempts counts, whatever it was.
 */
export async function measureAwake<T>(say: (line: string) => void, measure: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let last = performance.now();
    let longest = 0;
    const look = (): void => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    };
    const timer = setInterval(look, LOOK_MS);
    try {
      const result = await measure();
      look();
      if (longest < LONG_MS || attempt === MOST_ATTEMPTS) return result;
    } finally {
      clearInterval(timer);
    }
    say(`stood still for ${(longest / 1_000).toFixed(0)} s in between: once more`);
  }
}
