/** Connections on which anything at all can be sent, and what became of them. */
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { afterAwake, awakeNow } from './awake.ts';
import type { Target } from './target.ts';

/** How a connection ended, and when, counted from its first byte that was sent. */
export interface Ending {
  /** The first status that was answered, `closed` without one, `open` if nothing happened, or why there was no connection. */
  readonly outcome: string;
  readonly ms: number;
}

export type Layer = 'tls' | 'raw' | 'metrics';

export interface Wire {
  /** False: the connection is over, or has not taken what was sent before. */
  readonly send: (bytes: string | Buffer) => boolean;
  readonly end: () => void;
  readonly reset: () => void;
  /** Nothing is read any more. */
  readonly pause: () => void;
  readonly after: (ms: number, act: () => void) => void;
  readonly socket: Socket;
}

export interface WireOptions {
  readonly layer?: Layer;
  /** For the handshake. */
  readonly tls?: ConnectionOptions;
  /** What is done once the connection is there. */
  readonly act: (wire: Wire) => void;
  /** An answer is all that is waited for: the connection may stay. */
  readonly untilAnswer?: boolean;
}

/** Nobody waits longer; what is still open then has not been dealt with. */
const GIVE_UP_MS = 15_000;
const DONE = /^HTTP\/1\.[01] (\d{3}) (?!Continue)/m;

/** Opens a connection, acts on it, and resolves with its end. */
export function onWire(target: Target, { layer = 'tls', tls, act, untilAnswer = false }: WireOptions): Promise<Ending> {
  const { port, metricsPort, secureContext } = target;
  return new Promise((resolve) => {
    const timers: NodeJS.Timeout[] = [];
    let begin = awakeNow();
    let received = '';
    let failed: string | undefined;
    const at = { host: '127.0.0.1', port: layer === 'metrics' ? metricsPort : port };
    const plain = connectPlain(at, layer === 'tls' ? undefined : ready);
    const options = { servername: 'localhost', ...(tls ?? { secureContext }), ca: target.ca, socket: plain };
    const socket = layer === 'tls' ? connectTls(options, ready) : plain;

    function ready(): void {
      begin = awakeNow();
      act({
        send: (bytes) => socket.writable && socket.write(bytes),
        end: () => void socket.end(),
        reset: () => void plain.resetAndDestroy(),
        pause: () => void socket.pause(),
        after: (ms, then) => void timers.push(setTimeout(then, ms)),
        socket,
      });
    }
    function finish(otherwise: string): void {
      callOff();
      for (const timer of timers) clearTimeout(timer);
      socket.destroy();
      resolve({ outcome: DONE.exec(received)?.[1] ?? failed ?? otherwise, ms: awakeNow() - begin });
    }
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      if (received.length < 4_096) received += chunk;
      if (untilAnswer && DONE.test(received)) finish('closed');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EMFILE') failed = error.code;
    });
    socket.on('close', () => finish('closed'));
    plain.on('error', () => {}).on('close', () => finish('closed'));
    const callOff = afterAwake(GIVE_UP_MS, () => finish('open'));
  });
}

/** A request with a body, as text; headers as lines. */
export function post(path: string, headers: readonly string[], body = ''): string {
  return [`POST ${path} HTTP/1.1`, 'Host: a', 'Content-Type: application/json', ...headers, '', body].join('\r\n');
}
