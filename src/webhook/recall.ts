import type { Configuration } from '../settings/index.ts';
import type { Decision } from './decide.ts';
import type { Answered } from './record.ts';

/**
 * Answers to reviews that came before. The Pods of a ReplicaSet or a Job are alike, and come together when there is most to
 * do: their reviews differ in nothing but the UID, and so do the answers, since a decision depends on the review and the
 * configuration alone. What is told from the text needs no parsing, no decision and no patch.
 *
 * Nothing is recalled but to the very same text under the very same configuration.
 */
export interface Recall {
  /** The answer to a body that is like an earlier one in all but its UID; `undefined` if there was none. */
  readonly find: (body: string, given: Given) => Recalled | undefined;
  /** Takes note of an answer. */
  readonly keep: (body: string, given: Given, made: Made) => void;
}

/** What an answer depends on beside the body. */
export interface Given {
  readonly optIn: 'enabled' | 'all';
  readonly configuration: Configuration;
}

/** What was made of a body. */
export interface Made {
  readonly review: Answered;
  readonly decision: Decision;
  /** The answer's text. */
  readonly text: string;
}

export type Recalled = Made;

/** How the API server begins a body; only such a one is recalled, since its UID is where this says. */
const BEGINNING =
  /^\{"kind":"AdmissionReview","apiVersion":"admission\.k8s\.io\/v1","request":\{"uid":"([0-9a-f-]{36})"/;
const UID_LENGTH = 36;

/** Reviews of real Pods have 5 to 20 KiB; some hundreds of templates are as many as are rolled out at a time. */
const LONGEST = 64 * 1024;
const MOST = 256;
/** Characters of all bodies and answers that are kept, a byte each. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
const MOST_SEEN = 4_096;

interface Kept extends Given, Made {
  readonly body: string;
  /** The answer's text in front of its UID, and behind it. */
  readonly before: string;
  readonly after: string;
}

export function createRecall(): Recall {
  // By fingerprint, the one that was used last at the end.
  const kept = new Map<number, Kept>();
  // A body is kept when its like comes again: what comes once costs no memory.
  const seen = new Set<number>();
  let characters = 0;

  function forget(print: number): void {
    const entry = kept.get(print);
    if (entry === undefined) return;
    kept.delete(print);
    characters -= sizeOf(entry);
  }
  function hasCome(print: number): boolean {
    if (seen.has(print)) return true;
    if (seen.size >= MOST_SEEN) seen.clear();
    seen.add(print);
    return false;
  }

  return {
    find(body, { optIn, configuration }) {
      const print = fingerprintOf(body);
      const entry = kept.get(print);
      if (entry === undefined || entry.optIn !== optIn || entry.configuration !== configuration) return undefined;
      const uid = BEGINNING.exec(body)?.[1];
      if (uid === undefined) return undefined;
      const end = body.indexOf(uid) + UID_LENGTH;
      if (body.length !== entry.body.length || body.slice(end) !== entry.body.slice(end)) return undefined;
      kept.delete(print);
      kept.set(print, entry);
      return {
        review: { uid, dryRun: entry.review.dryRun },
        decision: entry.decision,
        text: entry.before + uid + entry.after,
      };
    },
    keep(body, { optIn, configuration }, { review, decision, text }) {
      const print = fingerprintOf(body);
      if (body.length > LONGEST || decision.outcome === 'failed' || !hasCome(print)) return;
      const { uid } = review;
      // What is parsed last counts: the UID must stand in no other place.
      if (BEGINNING.exec(body)?.[1] !== uid || body.indexOf(uid) !== body.lastIndexOf(uid)) return;
      const at = text.indexOf(uid);
      if (at === -1) return;
      const [before, after] = [text.slice(0, at), text.slice(at + uid.length)];
      // Not the review itself: the Pod in it takes ten times as much memory as its text.
      const { dryRun } = review;
      const entry = { optIn, configuration, review: { uid, dryRun }, decision, text, body, before, after };
      forget(print);
      kept.set(print, entry);
      characters += sizeOf(entry);
      for (const [oldest] of kept) {
        if (kept.size <= MOST && characters <= MOST_CHARACTERS) break;
        forget(oldest);
      }
    },
  };
}

/**
 * A number that tells templates apart: of the body's length and of the beginning of its Pod, where name and owner stand. Of two
 * with the same number the later one is kept.
 */
function fingerprintOf(body: string): number {
  const begin = Math.max(0, body.indexOf('"object":'));
  const end = Math.min(body.length, begin + PRINTED);
  // FNV-1a, in 32 bits.
  let print = body.length;
  for (let index = begin; index < end; index++) print = Math.imul(print ^ body.charCodeAt(index), 16_777_619);
  return print;
}

const PRINTED = 256;

function sizeOf({ body, text }: Kept): number {
  return body.length + text.length;
}
