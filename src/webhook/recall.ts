import type { Configuration } from '../settings/index.ts';
import type { Decision } from './decide.ts';
import type { Answered } from './record.ts';

/**
 * Answers to reviews that came before. The Pods of a ReplicaSet or a Job are alike, and come together when there is most to
 * do: their reviews differ in the UID, in the random name of the volume with the ServiceAccount's token, and in the times of
 * `managedFields`. A decision depends on the review and the configuration alone, and on these three only if it repeats them.
 * What is told from the text needs no parsing, no decision and no patch.
 *
 * Nothing is recalled but to the same text, apart from these three, under the very same configuration.
 */
export interface Recall {
  /** The answer to a body that is like an earlier one; `undefined` if there was none. */
  readonly find: (body: string, given: Given) => Made | undefined;
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

/** How the API server begins a body; only such a one is recalled, since its UID is where this says. */
const BEGINNING =
  /^\{"kind":"AdmissionReview","apiVersion":"admission\.k8s\.io\/v1","request":\{"uid":"([0-9a-f-]{36})"/;
const UID_LENGTH = 36;

/** Reviews of real Pods have 5 to 20 KiB; some hundreds of templates are as many as are rolled out at a time. */
const LONGEST = 64 * 1024;
const MOST = 256;
/** What the characters of all bodies and answers that are kept may take. */
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_SEEN = 4_096;
/**
 * Where there is no room, a new one has it only if another was not recalled for so many reviews. Else more templates in turn
 * than there is room for would each be forgotten just before they come again: all of the work, and nothing recalled.
 */
const STALE_AFTER = 4 * MOST;

interface Kept extends Given, Made {
  /** The body behind its UID, masked. */
  readonly rest: string;
  readonly length: number;
  /** The answer's text in front of its UID, and behind it. */
  readonly before: string;
  readonly after: string;
  /** The number of the review that it was made or recalled for last. */
  usedAt: number;
}

export function createRecall(): Recall {
  // By fingerprint, the one that was used last at the end.
  const kept = new Map<number, Kept>();
  // A body is kept when its like comes again: what comes once costs no memory.
  const seen = new Set<number>();
  let bytes = 0;
  let reviews = 0;
  let inForce: Configuration | undefined;

  /** What was decided under an earlier configuration can never be recalled. */
  function follow(configuration: Configuration): void {
    if (configuration === inForce) return;
    inForce = configuration;
    kept.clear();
    bytes = 0;
  }
  function forget(print: number): void {
    const entry = kept.get(print);
    if (entry === undefined) return;
    kept.delete(print);
    bytes -= sizeOf(entry);
  }
  /** Whether one of `size` characters may be kept: there is room, or an entry that nobody asks for. */
  function mayHaveRoom(size: number): boolean {
    if (kept.size < MOST && bytes + size <= MOST_BYTES) return true;
    const [oldest] = kept.values();
    return oldest === undefined || reviews - oldest.usedAt > STALE_AFTER;
  }
  function hasCome(print: number): boolean {
    if (seen.has(print)) return true;
    if (seen.size >= MOST_SEEN) seen.clear();
    seen.add(print);
    return false;
  }

  return {
    find(body, { optIn, configuration }) {
      follow(configuration);
      reviews += 1;
      const print = fingerprintOf(body);
      const entry = kept.get(print);
      if (entry === undefined || entry.optIn !== optIn || entry.configuration !== configuration) return undefined;
      const uid = BEGINNING.exec(body)?.[1];
      if (uid === undefined) return undefined;
      const end = body.indexOf(uid) + UID_LENGTH;
      if (body.length !== entry.length || maskOf(body.slice(end)).rest !== entry.rest) return undefined;
      kept.delete(print);
      kept.set(print, entry);
      entry.usedAt = reviews;
      return {
        review: { uid, dryRun: entry.review.dryRun },
        decision: entry.decision,
        text: entry.before + uid + entry.after,
      };
    },
    keep(body, { optIn, configuration }, { review, decision, text }) {
      follow(configuration);
      const print = fingerprintOf(body);
      if (body.length > LONGEST || decision.outcome === 'failed' || !hasCome(print) || !mayHaveRoom(body.length))
        return;
      const { uid } = review;
      // What is parsed last counts: the UID must stand in no other place.
      const first = body.indexOf(uid);
      if (BEGINNING.exec(body)?.[1] !== uid || first !== body.lastIndexOf(uid) || ESCAPED.test(body)) return;
      const { rest, token } = maskOf(body.slice(first + UID_LENGTH));
      // An answer that repeats what is masked would be another one.
      if (token !== undefined && (text + patchText(decision)).includes(token)) return;
      const at = text.indexOf(uid);
      if (at === -1) return;
      const [before, after] = [text.slice(0, at), text.slice(at + uid.length)];
      // Not the review itself: the Pod in it takes ten times as much memory as its text. The patch stands in the answer.
      const { dryRun } = review;
      const { patch: _inText, ...noted } = decision;
      const entry = {
        optIn,
        configuration,
        review: { uid, dryRun },
        decision: noted,
        text,
        rest,
        length: body.length,
        before,
        after,
        usedAt: reviews,
      };
      forget(print);
      kept.set(print, entry);
      bytes += sizeOf(entry);
      for (const [oldest] of kept) {
        if (kept.size <= MOST && bytes <= MOST_BYTES) break;
        forget(oldest);
      }
    },
  };
}

/** The name that the API server's ServiceAccount admission gives to a volume: another one for each Pod. */
const TOKEN_VOLUME = /kube-api-access-[a-z0-9]{5}/;
/** When a field was last managed, to the second. Nothing that decides reads a key of this name. */
const TIME = /"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/g;
/** A UID's character in another form, which the API server never writes. */
const ESCAPED = /\\u00(?:2d|3\d|6[1-6])/i;

/** A text without what is another in each Pod: the one name of the volume, wherever it stands, and the times. */
function maskOf(text: string): { readonly rest: string; readonly token: string | undefined } {
  const token = TOKEN_VOLUME.exec(text)?.[0];
  const named = token === undefined ? text : text.replaceAll(token, 'kube-api-access-*****');
  return { rest: named.replace(TIME, '"time":"*"'), token };
}

function patchText({ patch }: Decision): string {
  return patch === undefined ? '' : Buffer.from(patch, 'base64').toString('utf8');
}

/**
 * A number that tells templates apart: of the body's length and of the beginning of its Pod, where name and owner stand. Of two
 * with the same number the later one is kept.
 */
function fingerprintOf(body: string): number {
  const begin = Math.max(0, body.indexOf('"object":'));
  // What is masked stands behind these.
  const stops = ['"managedFields":', '"spec":'].map((key) => body.indexOf(key, begin)).filter((at) => at !== -1);
  const end = Math.min(body.length, begin + PRINTED, ...stops);
  // FNV-1a, in 32 bits.
  let print = body.length;
  for (let index = begin; index < end; index++) print = Math.imul(print ^ body.charCodeAt(index), 16_777_619);
  return print;
}

const PRINTED = 256;

/** Bytes, about. A text with any character that is not ASCII may be kept with two bytes for each. */
function sizeOf({ rest, text }: Kept): number {
  const isAscii = Buffer.byteLength(rest) === rest.length && Buffer.byteLength(text) === text.length;
  return (rest.length + text.length) * (isAscii ? 1 : 2);
}
