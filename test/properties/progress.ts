/** A line for a person who waits, on standard error. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const EVERY_MS = 5_000;

/** Says now and then how many of `all` are done, and about how long it will take; call it with what is done so far. */
export function progressOf(what: string, all: number): (done: number) => void {
  const begin = performance.now();
  let last = begin;
  return (done) => {
    const now = performance.now();
    if (now - last < EVERY_MS && done < all) return;
    last = now;
    const seconds = (now - begin) / 1_000;
    const left = Math.ceil(((all - done) * seconds) / done / 60);
    const rest = done < all ? `, about ${left} min left` : '';
    say(
      `${what}: ${done} of ${all} (${Math.floor((100 * done) / all)} %), ${Math.round(done / seconds)} a second${rest}`,
    );
  };
}
