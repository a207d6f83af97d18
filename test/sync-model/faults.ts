/** Every single fault that can hit a run, found by looking at the run without one. */
import type { Fault, Outcome } from './run.ts';

/** `far`: how many events a list after a crash may be behind, and an event may come too late. */
export function* faultsOf(
  { steps, events }: Pick<Outcome, 'steps' | 'events'>,
  far: readonly number[],
): Generator<Fault> {
  for (const [index, kind] of steps.entries()) {
    const step = index + 1;
    for (const lag of [0, ...far]) yield { kind: 'crash before', step, lag };
    if (kind !== 'write') continue;
    for (const lag of [0, ...far]) yield { kind: 'crash after', step, lag };
    yield { kind: 'write failed', step };
    yield { kind: 'answer lost', step };
  }
  for (let event = 1; event <= events; event += 1) {
    yield { kind: 'event dropped', event };
    for (const by of far) {
      yield { kind: 'event doubled', event, by };
      yield { kind: 'event late', event, by };
    }
  }
}
