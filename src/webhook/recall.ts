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
  readonly pattern: Pattern;
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
      if (!fits(body, entry.pattern)) return undefined;
      const uid = body.slice(entry.pattern.uidAt, entry.pattern.uidAt + UID_LENGTH);
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
      const pattern = patternOf(body, first);
      if (pattern === undefined) return;
      // An answer that repeats what is another in each Pod would be another one.
      if (pattern.token !== undefined && (text + patchText(decision)).includes(pattern.token)) return;
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
        pattern,
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
const TOKEN_VOLUME = /kube-api-access-[a-z0-9]{5}/g;
const TOKEN_LENGTH = 'kube-api-access-00000'.length;
const TOKEN = /^kube-api-access-[a-z0-9]{5}$/;
/** When a field was last managed, to the second. Nothing that decides reads a key of this name. */
const TIME_FIELD = /"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/g;
const TIME_LENGTH = '"time":"2026-01-01T00:00:00Z"'.length;
const TIME = new RegExp(`^${TIME_FIELD.source}$`);
const UID = /^[0-9a-f-]{36}$/;
/** A UID's character in another form, which the API server never writes. */
const ESCAPED = /\\u00(?:2d|3\d|6[1-6])/i;

/** A body, and what of it may be another in a body that is like it. All of these have one length, so that places are fixed. */
interface Pattern {
  readonly length: number;
  readonly uidAt: number;
  /** The name of the volume, and where it stands: everywhere the same. */
  readonly token: string | undefined;
  readonly tokensAt: readonly number[];
  readonly timesAt: readonly number[];
  /** All that is between, to the letter. */
  readonly literals: readonly { readonly at: number; readonly end: number; readonly text: string }[];
}

/** `undefined` for a body in which names of such volumes differ: which of them is ours to overlook? */
function patternOf(body: string, uidAt: number): Pattern | undefined {
  const tokens = [...body.matchAll(TOKEN_VOLUME)];
  const token = tokens[0]?.[0];
  if (tokens.some(([name]) => name !== token)) return undefined;
  const tokensAt = tokens.map(({ index }) => index);
  const timesAt = [...body.matchAll(TIME_FIELD)].map(({ index }) => index);
  const gaps = [
    { at: uidAt, end: uidAt + UID_LENGTH },
    ...tokensAt.map((at) => ({ at, end: at + TOKEN_LENGTH })),
    ...timesAt.map((at) => ({ at, end: at + TIME_LENGTH })),
  ].toSorted((one, other) => one.at - other.at);
  const ends = [...gaps.map(({ at }) => at), body.length];
  const literals = ends.map((end, index) => {
    const at = gaps[index - 1]?.end ?? 0;
    return { at, end, text: body.slice(at, end) };
  });
  return { length: body.length, uidAt, token, tokensAt, timesAt, literals };
}

/** Whether a body is like the one of the pattern. Most differ in the first literal, if at all. */
function fits(body: string, { length, uidAt, tokensAt, timesAt, literals }: Pattern): boolean {
  if (body.length !== length) return false;
  for (const { at, end, text } of literals) if (body.slice(at, end) !== text) return false;
  if (!UID.test(body.slice(uidAt, uidAt + UID_LENGTH))) return false;
  for (const at of timesAt) if (!TIME.test(body.slice(at, at + TIME_LENGTH))) return false;
  const [first] = tokensAt;
  if (first === undefined) return true;
  const token = body.slice(first, first + TOKEN_LENGTH);
  return TOKEN.test(token) && tokensAt.every((at) => body.slice(at, at + TOKEN_LENGTH) === token);
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
  const printed = body.slice(begin, begin + PRINTED);
  // What is another in each Pod stands behind these.
  const stops = ['"managedFields":', '"spec":'].map((key) => printed.indexOf(key)).filter((at) => at !== -1);
  const end = Math.min(printed.length, ...stops);
  // FNV-1a, in 32 bits.
  let print = body.length;
  for (let index = 0; index < end; index++) print = Math.imul(print ^ printed.charCodeAt(index), 16_777_619);
  return print;
}

const PRINTED = 256;

/** Bytes, about: the literals keep the body alive. One that is not all ASCII may have two bytes for each character. */
function sizeOf({ pattern, text }: Kept): number {
  const isAscii = pattern.literals.every((literal) => Buffer.byteLength(literal.text) === literal.text.length);
  return (pattern.length + text.length) * (isAscii ? 1 : 2);
}
