import type { ClientRequest, IncomingMessage } from 'node:http';
import { type Agent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { KubeAccess } from './credentials.ts';
import { KubeError } from './kube-error.ts';

/** One request, ready to be sent. */
export interface Exchange {
  /** Method and path without the query, for messages. */
  readonly name: string;
  readonly method: string;
  readonly server: URL;
  /** Path and query, as they stand in the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | undefined;
  readonly access: KubeAccess;
  /** The pool; `false` for a connection of its own. */
  readonly agent: Agent | false;
  /** Its reason, a `KubeError`, is what the exchange ends with. */
  readonly signal: AbortSignal;
  /** Asked when the connection stands, directly before the request is written. */
  readonly mayBegin: (() => boolean) | undefined;
}

/** Connections whose TLS handshake is over. A kept-alive one comes back with the next request. */
const established = new WeakSet<Socket>();

/**
 * Sends a request; resolves with the head of the answer, whose body is still to be read.
 * @throws KubeError Unreachable, Untrusted, Withheld, or the signal's reason.
 */
export async function openExchange(exchange: Exchange): Promise<IncomingMessage> {
  for (let stale = 0; ; stale += 1) {
    try {
      return await attempt(exchange);
    } catch (error) {
      // The server had closed a kept connection just as the request was on its way; the other kept ones may be no better.
      if (!(error instanceof StaleConnection)) throw error;
      if (stale === MOST_STALE) throw error.failure;
    }
  }
}

const MOST_STALE = 4;

/** A kept connection broke before any answer to a request that may be sent twice. */
class StaleConnection extends Error {
  readonly failure: KubeError;

  constructor(failure: KubeError) {
    super(failure.message);
    this.failure = failure;
  }
}

function attempt(exchange: Exchange): Promise<IncomingMessage> {
  const { method, server, target, headers, access, agent, signal } = exchange;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const request = httpsRequest({
      host: server.hostname.replaceAll(/[[\]]/g, ''),
      port: server.port === '' ? 443 : server.port,
      path: server.pathname === '/' ? target : server.pathname.replace(/\/$/, '') + target,
      method,
      headers: { ...headers, ...access.headers },
      agent,
      ...access.tls,
    });
    const onAbort = (): void => void request.destroy(toError(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    request.once('close', () => signal.removeEventListener('abort', onAbort));
    // Stays to the end: what breaks after the head of the answer shows there too, and must not be an uncaught error.
    request.on('error', (error) => reject(signal.aborted ? signal.reason : failureFrom(exchange, request, error)));
    request.once('response', resolve);
    request.once('socket', (socket) => whenEstablished(socket, () => begin(exchange, request)));
  });
}

function whenEstablished(socket: Socket, next: () => void): void {
  if (established.has(socket)) return next();
  socket.once('secureConnect', () => {
    established.add(socket);
    next();
  });
}

function begin({ name, payload, mayBegin }: Exchange, request: ClientRequest): void {
  if (request.destroyed) return;
  if (mayBegin?.() === false)
    request.destroy(new KubeError('Withheld', `${name}: not sent, since it may no longer be`));
  else request.end(payload);
}

function failureFrom({ name, method }: Exchange, request: ClientRequest, error: Error & { code?: string }): Error {
  if (error instanceof KubeError) return error;
  // Once the handshake is over, whatever breaks is the connection and not the trust; and the request may have been taken.
  const failure = connectionError(name, error, request.socket !== null && established.has(request.socket));
  return request.reusedSocket && method === 'GET' && isReset(error) ? new StaleConnection(failure) : failure;
}

function isReset({ code }: { code?: string }): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** OpenSSL's names of what is wrong with a certificate, and Node's of what is wrong with TLS. */
const TLS_CODES = /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|HOSTNAME_MISMATCH|ERR_TLS_|ERR_SSL_)/;

/** Of an error that Node gave: only its code is kept, and the words that belong to it. */
function connectionError(name: string, error: Error & { code?: string }, isEstablished: boolean): KubeError {
  const reason = error.code ?? 'ConnectionLost';
  const failure = !isEstablished && TLS_CODES.test(reason) ? 'Untrusted' : 'Unreachable';
  return new KubeError(failure, `${name}: ${failure === 'Untrusted' ? 'TLS failed' : 'no answer'} (${reason})`, {
    reason,
  });
}

export function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted');
}

/**
 * The whole body as text.
 * @throws KubeError TooLarge, Unreachable if the connection breaks, or the signal's reason.
 */
export function readBody(
  name: string,
  answer: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    answer.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) return void chunks.push(chunk);
      answer.destroy(new KubeError('TooLarge', `${name}: the answer has more than ${maxBytes} bytes`));
    });
    answer.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    answer.once('error', (error) => reject(bodyFailure(name, error, signal)));
    answer.once('close', () => {
      // After its end too: an error of every good answer would be made for nothing.
      if (!answer.readableEnded) reject(bodyFailure(name, new Error('closed'), signal));
    });
  });
}

export function bodyFailure(name: string, error: Error & { code?: string }, signal: AbortSignal): Error {
  if (signal.aborted) return toError(signal.reason);
  return error instanceof KubeError ? error : connectionError(name, error, true);
}
