import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { IDLE_MS, PATIENCE_MS } from './connections.ts';

/**
 * The times of Node's own for a request, from its first byte: for its head, and for all of it. It looks four times a second, so
 * that what is sent too slowly has its answer, or its end, within 5 s. A caller that is honest sends a request at once.
 *
 * On a connection without a request Node counts from the handshake on, which would end the spare ones that the API server
 * keeps; `isSpare` tells those apart.
 */
const HEADERS_TIMEOUT_MS = PATIENCE_MS;
const REQUEST_TIMEOUT_MS = PATIENCE_MS + 500;
const TIMEOUT_CHECK_MS = 250;
export const REQUEST_TIMEOUTS = {
  // It never repeats an admission call, so that it must be the one who closes an idle connection.
  keepAliveTimeout: IDLE_MS,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: TIMEOUT_CHECK_MS,
} as const;

/** The error says that a request takes too long, while nothing was sent at all: no reason to close. */
export function isSpare(error: NodeJS.ErrnoException, socket: Socket): boolean {
  return error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0;
}

/** Whether a body follows the head. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
