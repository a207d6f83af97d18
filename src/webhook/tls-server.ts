import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { secureContextOf, type ServingCertificate } from './certificate.ts';
import { IDLE_MS, PATIENCE_MS } from './connections.ts';
import type { WebhookLogger } from './options.ts';
import { HEADER_LIMIT_BYTES } from './refusal.ts';

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

/** A server of HTTP/1.1 over TLS that is not listening yet: the API server speaks nothing newer to Services. */
export function createTlsServer(certificate: ServingCertificate, logger: WebhookLogger): Server {
  const server = createServer({
    ...secureContextOf(certificate),
    // Without a CA for callers, a certificate of theirs proves nothing and is not asked for.
    requestCert: certificate.clientCa !== undefined,
    rejectUnauthorized: certificate.clientCa !== undefined,
    maxHeaderSize: HEADER_LIMIT_BYTES,
    ...REQUEST_TIMEOUTS,
  });
  const report = reportHandshakes(logger);
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    report(error.code ?? 'unknown');
    socket.destroy();
  });
  return server;
}

/** Codes are OpenSSL's, some dozens; more than this many are not worth a warning each. */
const MOST_WARNED_CODES = 20;

/**
 * A failed handshake is either noise (a port scan, a probe that hangs up) or the reason why nothing is injected: an API
 * server that does not trust the certificate. So each kind is a warning once, and after that a debug line.
 */
function reportHandshakes(logger: WebhookLogger): (code: string) => void {
  const warned = new Set<string>();
  return (code) => {
    const first = code !== 'ECONNRESET' && !warned.has(code) && warned.size < MOST_WARNED_CODES;
    if (first) warned.add(code);
    logger[first ? 'warn' : 'debug']({ code }, 'TLS handshake failed; later ones of this code are logged at debug');
  };
}
