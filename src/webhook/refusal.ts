import { quoteValue } from '../problem.ts';
import { LARGE_BYTES } from './intake.ts';
import { MOST_DEPTH, MOST_VALUES } from './structure.ts';

export const REFUSAL_CODES = [400, 404, 405, 408, 413, 415, 431, 503] as const;

/** An answer to a request that is not a review: no UID, so no review can be answered. */
export interface Refusal {
  readonly code: (typeof REFUSAL_CODES)[number];
  /** Names the field, the value and what is allowed. */
  readonly error: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The paths of the two webhook entries, and the opt-in of the namespaces that the API server sends there. */
export const OPT_IN_OF_PATH: ReadonlyMap<string, 'enabled' | 'all'> = new Map([
  ['/inject/enabled', 'enabled'],
  ['/inject/all', 'all'],
]);

/**
 * The API server takes objects of at most 3 MiB, and the review of a creation carries one; 1 MiB is left for what the API
 * server adds: the envelope, `managedFields`, and JSON's own length. A Pod that etcd stores has 1.5 MiB at most. (Reviews of
 * updates carry two objects: the webhook is not to be registered for those, and leaves what is longer as it is.)
 */
export const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

/** A request of the API server has a few hundred bytes of headers, and at most a bearer token of some kilobytes. */
export const HEADER_LIMIT_BYTES = 16 * 1024;

/** Everything that is answered with 4xx, or with 503 for lack of room, in the order in which it is looked at. The body is `{"error": "…"}`. */
export const REFUSALS = {
  path: (path: string) =>
    refusal(404, `path: must be ${[...OPT_IN_OF_PATH.keys()].join(' or ')}, is ${quoteValue(path)}`),
  method: (method: string) => ({
    ...refusal(405, `method: must be POST, is ${quoteValue(method)}`),
    headers: { Allow: 'POST' },
  }),
  contentType: (value: unknown) => refusal(415, mismatch('header Content-Type', 'application/json', value)),
  bodyTooLarge: () => ({
    ...refusal(413, `body: must be at most ${BODY_LIMIT_BYTES} bytes, is longer`),
    headers: CLOSE,
  }),
  bodyTooSlow: (deadlineMs: number) => ({
    ...refusal(408, `body: must be complete within ${deadlineMs} ms, is not`),
    headers: CLOSE,
  }),
  busy: () => ({
    ...refusal(503, `review: must be small (${LARGE_BYTES} bytes) while there is no room for large ones, is not`),
    headers: CLOSE,
  }),
  excessive: () =>
    refusal(400, `body: must hold at most ${MOST_VALUES} values, nested at most ${MOST_DEPTH} deep, holds more`),
  emptyBody: () => refusal(400, `body: must be ${A_REVIEW}, is empty`),
  brokenJson: () => refusal(400, `body: must be ${A_REVIEW}, is not JSON`),
  notAnObject: (value: unknown) => refusal(400, `body: must be ${A_REVIEW}, is ${nameValue(value)}`),
  apiVersion: (value: unknown) => refusal(400, mismatch('apiVersion', '"admission.k8s.io/v1"', value)),
  kind: (value: unknown) => refusal(400, mismatch('kind', '"AdmissionReview"', value)),
  request: (value: unknown) => refusal(400, mismatch('request', 'an object', value)),
  uid: (value: unknown) => refusal(400, mismatch('request.uid', 'a text that is not empty', value)),
  brokenHttp: () => refusal(400, 'request: must be HTTP/1.1, cannot be read as such'),
  headersTooLarge: () => refusal(431, `headers: must be at most ${HEADER_LIMIT_BYTES} bytes, are longer`),
  requestTooSlow: () => refusal(408, 'request: must be complete in time, is not'),
} as const satisfies Record<string, (value: never) => Refusal>;

const A_REVIEW = 'an AdmissionReview of admission.k8s.io/v1 in JSON';
/** What is left of the body is not read, so that no second request can follow on this connection. */
const CLOSE = { Connection: 'close' };

function refusal<Code extends Refusal['code']>(
  code: Code,
  error: string,
): { readonly code: Code; readonly error: string } {
  return { code, error };
}

/** `where: must be …, is …`, for a value of any kind from outside. */
export function mismatch(where: string, wanted: string, value: unknown): string {
  return `${where}: must be ${wanted}, is ${nameValue(value)}`;
}

/** Objects and lists are named, not quoted: they may be large, deep, or hold what nobody should read in an answer. */
function nameValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return quoteValue(value);
}
