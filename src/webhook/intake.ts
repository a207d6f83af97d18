import { isRecord } from '../record.ts';
import type { Review } from './review.ts';

/**
 * How much the process takes in at a time: memory for bodies under way, and time for those that cost much. Small reviews,
 * which are what there is in a cluster, are never held up by large ones.
 */

/**
 * A review of more than this is large. Those of real Pods have 5 to 20 KiB, and take a millisecond at most however they are
 * made up; a large one may take a hundred.
 */
export const LARGE_BYTES = 64 * 1024;
/** A plan costs some 50 µs a container: more than these count as large too. */
const MANY_CONTAINERS = 25;

/**
 * Bytes of bodies that have arrived in part. Large bodies may take half of it: four of the largest at a time. The other half
 * is more than what 200 connections can hold of small ones.
 */
const MOST_BYTES = 32 * 1024 * 1024;
/** What a piece of a body takes beside its bytes: a caller may send them one by one. */
const PIECE_BYTES = 256;

/**
 * Milliseconds of work on large reviews: 2 % of the time in the long run, so that, with what else an attack costs, less than
 * one in twenty small ones waits. Saved up for half a second at most: a roll-out of a hundred large Pods, at 5 ms each. What
 * they leave behind for the garbage collector grows with it.
 */
const WORK_SHARE = 0.02;
const MOST_WORK_MS = 500;

/** What it takes to receive a byte, or to send one: TLS, and copies from buffer to buffer. 4 MiB take 13 ms. */
const MS_PER_BYTE = 3e-6;

/**
 * Bytes of refused bodies that are read and thrown away, so that the caller sees the answer: three large ones at once, and one
 * each four seconds.
 */
const MOST_DISCARD_BYTES = 16 * 1024 * 1024;
const DISCARD_BYTES_PER_MS = 1024;

export interface Intake {
  /** Takes room for a piece of a body that is `size` bytes long so far. False: there is none. */
  readonly take: (piece: number, size: number) => boolean;
  /** Gives back the room of a body that came in `pieces`. */
  readonly giveBack: (size: number, pieces: number) => void;
  /** Whether there is time for a large review now. */
  readonly hasTime: () => boolean;
  /** Work was done on a large review, and so many bytes were received or sent for it. */
  readonly spendTime: (ms: number, bytes: number) => void;
  /** Whether a piece of a refused body may be read. */
  readonly discard: (piece: number) => boolean;
}

export function createIntake(now: () => number = () => performance.now()): Intake {
  let held = 0;
  const work = allowance(MOST_WORK_MS, WORK_SHARE, now);
  const discarded = allowance(MOST_DISCARD_BYTES, DISCARD_BYTES_PER_MS, now);
  return {
    take(piece, size) {
      const bytes = piece + PIECE_BYTES;
      if (held + bytes > (size > LARGE_BYTES ? MOST_BYTES / 2 : MOST_BYTES)) return false;
      held += bytes;
      return true;
    },
    giveBack(size, pieces) {
      held -= size + pieces * PIECE_BYTES;
    },
    hasTime: () => work.left() > 0,
    spendTime: (ms, bytes) => work.spend(ms + bytes * MS_PER_BYTE),
    discard(piece) {
      discarded.spend(piece);
      return discarded.left() > 0;
    },
  };
}

/** Whether a review of `size` bytes may cost much: it is large, or its Pod has many containers. */
export function isCostly(size: number, read: { readonly review: Review } | { readonly refusal: object }): boolean {
  if (size > LARGE_BYTES) return true;
  const object = 'review' in read ? read.review.request['object'] : undefined;
  const spec = isRecord(object) ? object['spec'] : undefined;
  const containers = isRecord(spec) ? spec['containers'] : undefined;
  return Array.isArray(containers) && containers.length > MANY_CONTAINERS;
}

/** What may be spent: fills up at `perMs`, holds `most`, and may be overdrawn once. */
function allowance(most: number, perMs: number, now: () => number) {
  let left = most;
  let at = now();
  function fill(): void {
    const time = now();
    left = Math.min(most, left + (time - at) * perMs);
    at = time;
  }
  return {
    left(): number {
      fill();
      return left;
    },
    spend(amount: number): void {
      fill();
      left -= amount;
    },
  };
}
