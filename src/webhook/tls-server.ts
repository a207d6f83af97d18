import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { secureContextOf, type ServingCertificate } from './certificate.ts';
import { LONGEST_DEADLINE_MS } from './deadline.ts';
import type { WebhookLogger } from './options.ts';
import { HEADER_LIMIT_BYTES } from './refusal.ts';

/**
 * The API server keeps an idle connection for 90 s and never repeats an admission call, so that it must always be the one who
 * closes: 10 s more for the request that was sent at the last moment.
 */
const KEEP_ALIVE_MS = 100_000;
/**
 * Node counts the time for headers from the connection's start, and so would end a spare connection on which nothing was sent
 * yet. The API server keeps those for 90 s as well.
 */
const HEADERS_TIMEOUT_MS = KEEP_ALIVE_MS;
/** A last resort, counted like the one for headers: bodies have their caller's own deadline. */
const REQUEST_TIMEOUT_MS = HEADERS_TIMEOUT_MS + LONGEST_DEADLINE_MS;
/** How often the two above are looked at. */
const TIMEOUT_CHECK_MS = 5_000;
/** A handshake takes two round trips and a signature; the longest deadline of a review covers it. */
const HANDSHAKE_TIMEOUT_MS = LONGEST_DEADLINE_MS;

/** A server of HTTP/1.1 over TLS that is not listening yet: the API server speaks nothing newer to Services. */
export function createTlsServer(certificate: ServingCertificate, logger: WebhookLogger): Server {
  const server = createServer({
    ...secureContextOf(certificate),
    // Without a CA for callers, a certificate of theirs proves nothing and is not asked for.
    requestCert: certificate.clientCa !== undefined,
    rejectUnauthorized: certificate.clientCa !== undefined,
    maxHeaderSize: HEADER_LIMIT_BYTES,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
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
