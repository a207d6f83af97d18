import type { IncomingHttpHeaders } from 'node:http2';
import { decodeParameters } from '../sampling/index.ts';

/**
 * What gRPC is on the wire, as far as one unary method needs it, without IO. Source: grpc/doc/PROTOCOL-HTTP2.md and
 * grpc/doc/statuscodes.md.
 */

/** The one method. */
export const METHOD_PATH = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy';

/** Codes of gRPC that are answered. */
export const STATUS = {
  OK: 0,
  DEADLINE_EXCEEDED: 4,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
} as const;
export type StatusCode = (typeof STATUS)[keyof typeof STATUS];

/** Why a call has no answer: in gRPC's terms, or in HTTP's for what is no gRPC. */
export type Refusal =
  | { readonly status: StatusCode; readonly message: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly httpStatus: number; readonly headers?: Readonly<Record<string, string>> };

/** A message has the name of a service in it, and no more. */
export const MESSAGE_LIMIT_BYTES = 16 * 1024;
/** A byte that says whether it is compressed, four for its length. */
const PREFIX_BYTES = 5;

/** What can be said of a call before its message: how long its client waits, in milliseconds, or why there is no answer. */
export function readHead(
  headers: IncomingHttpHeaders,
  longestMs: number,
): { readonly timeoutMs: number } | { readonly refusal: Refusal } {
  if (headers[':method'] !== 'POST') return { refusal: { httpStatus: 405, headers: { allow: 'POST' } } };
  if (!/^application\/grpc(\+proto)?(;|$)/.test(headers['content-type'] ?? '')) return { refusal: { httpStatus: 415 } };
  if (headers[':path'] !== METHOD_PATH) {
    return { refusal: { status: STATUS.UNIMPLEMENTED, message: `the one method is ${METHOD_PATH}` } };
  }
  const timeout = headers['grpc-timeout'];
  const timeoutMs = timeout === undefined ? longestMs : parseTimeout(String(timeout));
  if (timeoutMs === undefined) {
    const message = 'grpc-timeout: must be up to eight digits and one of H, M, S, m, u, n';
    return { refusal: { status: STATUS.INTERNAL, message } };
  }
  return { timeoutMs: Math.min(timeoutMs, longestMs) };
}

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

function parseTimeout(text: string): number | undefined {
  const [, digits, unit = ''] = /^([0-9]{1,8})([HMSmun])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  return digits === undefined || unitMs === undefined ? undefined : Number(digits) * unitMs;
}

/** Whether what has come is enough to refuse the call, however it goes on. */
export function isTooLong(bytes: Buffer): boolean {
  if (bytes.length > PREFIX_BYTES + MESSAGE_LIMIT_BYTES) return true;
  return bytes.length >= PREFIX_BYTES && bytes.readUInt32BE(1) > MESSAGE_LIMIT_BYTES;
}

export const TOO_LONG: Refusal = {
  status: STATUS.RESOURCE_EXHAUSTED,
  message: `message: must be at most ${MESSAGE_LIMIT_BYTES} bytes, is longer`,
};
export const TOO_SLOW: Refusal = {
  status: STATUS.DEADLINE_EXCEEDED,
  message: 'message: must be complete in time, is not',
};
export const FAILED: Refusal = { status: STATUS.INTERNAL, message: 'Tracehook failed to make an answer' };

/** The name of the service that a whole call asks for. */
export function readQuestion(bytes: Buffer): { readonly service: string } | { readonly refusal: Refusal } {
  if (isTooLong(bytes)) return { refusal: TOO_LONG };
  if (bytes.length < PREFIX_BYTES) return internal('message: must be there once, is missing or cut off');
  const compressed = bytes.readUInt8(0);
  if (compressed === 1) {
    // What is accepted instead has to be said with it.
    const headers = { 'grpc-accept-encoding': 'identity' };
    return {
      refusal: { status: STATUS.UNIMPLEMENTED, message: 'message: must not be compressed, is', headers },
    };
  }
  if (compressed !== 0) return internal(`message: must begin with 0 or 1, begins with ${compressed}`);
  const length = bytes.readUInt32BE(1);
  if (bytes.length < PREFIX_BYTES + length) return internal('message: must be as long as it says, is cut off');
  if (bytes.length > PREFIX_BYTES + length) return internal('message: must be there once, is followed by something');
  const service = decodeParameters(bytes.subarray(PREFIX_BYTES));
  return service === undefined
    ? internal('message: must be jaeger.api_v2.SamplingStrategyParameters, cannot be read as such')
    : { service };
}

function internal(message: string): { readonly refusal: Refusal } {
  return { refusal: { status: STATUS.INTERNAL, message } };
}

/** A message as it is sent, not compressed. */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(PREFIX_BYTES + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

/** A text as `grpc-message` carries it: percent-encoded outside of printable ASCII. */
export function encodeMessage(text: string): string {
  return text.replaceAll(/[^ -$&-~]+/gu, encodeURIComponent);
}
