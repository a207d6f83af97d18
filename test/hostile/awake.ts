/**
 * Time in which this process ran: a machine that is put aside for a while, as virtual ones are, stops both sides, and says
 * nothing of the one that is measured.
 */
const LOOK_MS = 100;
/** A look that is later than this was not merely delayed by work of ours. */
const PAUSE_MS = 1_000;

let last = performance.now();
let paused = 0;

function look(): void {
  const now = performance.now();
  if (now - last > PAUSE_MS) paused += now - last - LOOK_MS;
  last = now;
}
setInterval(look, LOOK_MS).unref();

/** Milliseconds, to be compared with others of this process. */
export function awakeNow(): number {
  look();
  return last - paused;
}

/** Calls back when this process has run for `ms`. What is returned calls it off. */
export function afterAwake(ms: number, act: () => void): () => void {
  const begin = awakeNow();
  let timer = setTimeout(check, ms);
  function check(): void {
    const left = ms - (awakeNow() - begin);
    if (left > 0) timer = setTimeout(check, left);
    else act();
  }
  return () => clearTimeout(timer);
}
