import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { secureContextOf, type ServingCertificate } from './certificate.ts';
import { type Lines, REQUEST_TIMEOUTS } from '../serving/index.ts';
import { HEADER_LIMIT_BYTES } from './refusal.ts';

/** A server of HTTP/1.1 over TLS that is not listening yet: the API server speaks nothing newer to Services. */
export function createTlsServer(certificate: ServingCertificate, logger: Lines): Server {
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
function reportHandshakes(logger: Lines): (code: string) => void {
  const warned = new Set<string>();
  return (code) => {
    const first = code !== 'ECONNRESET' && !warned.has(code) && warned.size < MOST_WARNED_CODES;
    if (first) warned.add(code);
    logger[first ? 'warn' : 'debug']({ code }, 'TLS handshake failed; later ones of this code are logged at debug');
  };
}
