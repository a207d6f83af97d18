import { isRecord } from '../record.ts';
import { readRetryAfterMs } from './retry-after.ts';

/**
 * What kind of failure a call met: what a caller decides by. A closed set; the server's own word is `reason`.
 *
 * - `Unreachable`: no connection, or it ended before the answer did. A write may or may not have taken effect.
 * - `Untrusted`: the server's certificate was refused.
 * - `Timeout`: no whole answer before the deadline; a write may have taken effect.
 * - `Aborted`: the caller's signal. `Withheld`: `mayBegin` said no, and nothing was sent.
 * - `Unauthorized` 401, also after the credentials were read again; `Forbidden` 403 (RBAC, quota, a policy, a namespace that ends).
 * - `NotFound` 404, `AlreadyExists` 409, `Conflict` 409 (resourceVersion, uid, or another manager's field), `Expired` 410.
 * - `Invalid`: 400, 413, 422: the same request will fail again. `Refused`: any other 4xx.
 * - `Throttled` 429, `ServerError` 5xx.
 * - `BadAnswer`: a success that cannot be read. `TooLarge`: an answer over the call's `maxBytes`.
 */
export type KubeFailure =
  | 'Unreachable'
  | 'Untrusted'
  | 'Timeout'
  | 'Aborted'
  | 'Withheld'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Expired'
  | 'Invalid'
  | 'Refused'
  | 'Throttled'
  | 'ServerError'
  | 'BadAnswer'
  | 'TooLarge';

export interface KubeErrorDetails {
  /** HTTP status, or the `code` of a Status inside a watch; 0 where there was no answer. */
  readonly status?: number;
  /** `Status.reason`, as in "NotFound"; a system's code ("ECONNRESET") where there was no answer; else empty. */
  readonly reason?: string;
  /** The reasons in `Status.details.causes`, as in "NamespaceTerminating". */
  readonly causes?: readonly string[];
  /** How long the server asks to be left alone. */
  readonly retryAfterMs?: number | undefined;
}

/** A call that did not succeed. The message names method and path, and has of the answer at most `Status.message`, cut. */
export class KubeError extends Error {
  readonly failure: KubeFailure;
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly string[];
  readonly retryAfterMs: number | undefined;

  constructor(failure: KubeFailure, message: string, details: KubeErrorDetails = {}) {
    super(message);
    this.name = 'KubeError';
    this.failure = failure;
    this.status = details.status ?? 0;
    this.reason = details.reason ?? '';
    this.causes = details.causes ?? [];
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Whether a call failed in one of these ways. */
export function isFailure(error: unknown, ...failures: readonly KubeFailure[]): error is KubeError {
  return error instanceof KubeError && failures.includes(error.failure);
}

/** A line of a log: enough to know what is wrong. Longer ones are somebody's object, quoted. */
const MESSAGE_CHARACTERS = 400;
/** More than a server lists; bounded since it is read from outside. */
const MOST_CAUSES = 20;

/**
 * @param request method and path, for the message.
 * @param status HTTP status outside 2xx, or the code of a Status in a watch.
 * @param body the parsed answer; anything that is no `Status` says nothing.
 * @param retryAfter the `Retry-After` header.
 */
export function errorFromAnswer(request: string, status: number, body: unknown, retryAfter?: string): KubeError {
  const said = readStatus(body);
  const message = said.message === '' ? `HTTP ${status}` : cut(said.message);
  return new KubeError(failureOf(status, said.reason), `${request}: ${message}`, {
    status,
    reason: said.reason,
    causes: said.causes,
    retryAfterMs: readRetryAfterMs(retryAfter) ?? said.retryAfterMs,
  });
}

function failureOf(status: number, reason: string): KubeFailure {
  if (status === 409) return reason === 'AlreadyExists' ? 'AlreadyExists' : 'Conflict';
  if (status >= 500) return 'ServerError';
  return BY_STATUS[status] ?? 'Refused';
}

const BY_STATUS: Readonly<Record<number, KubeFailure>> = {
  400: 'Invalid',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  410: 'Expired',
  413: 'Invalid',
  422: 'Invalid',
  429: 'Throttled',
};

interface SaidStatus {
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly string[];
  readonly retryAfterMs: number | undefined;
}

function readStatus(body: unknown): SaidStatus {
  const status = isRecord(body) && body['kind'] === 'Status' ? body : {};
  const details = isRecord(status['details']) ? status['details'] : {};
  const causes = Array.isArray(details['causes']) ? details['causes'].slice(0, MOST_CAUSES) : [];
  const seconds = details['retryAfterSeconds'];
  return {
    reason: text(status['reason']).slice(0, 64),
    message: text(status['message']),
    causes: causes.flatMap((cause: unknown) => (isRecord(cause) ? [text(cause['reason']).slice(0, 64)] : [])),
    retryAfterMs: typeof seconds === 'number' ? readRetryAfterMs(String(seconds)) : undefined,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function cut(message: string): string {
  return message.length <= MESSAGE_CHARACTERS ? message : `${message.slice(0, MESSAGE_CHARACTERS)}…`;
}
