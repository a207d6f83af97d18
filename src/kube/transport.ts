import type { IncomingMessage } from 'node:http';
import { type Agent } from 'node:https';
import type { KubeAccess, KubeCredentials } from './credentials.ts';
import { type Deadline, startDeadline, unlessAborted } from './deadline.ts';
import { openExchange, readBody } from './exchange.ts';
import { errorFromAnswer, isFailure, KubeError } from './kube-error.ts';
import { openLanes } from './lanes.ts';
import { openPool } from './pool.ts';
import { readEvents, type StreamLimits, type WatchEvent } from './watch-stream.ts';

export interface KubeRequest {
  /** As in "/api/v1/namespaces/default/configmaps", each segment encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Default "application/json". */
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

export interface KubeCall extends KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Of the body; default "application/json". */
  readonly contentType?: string;
  /** From the call to the last byte of its answer, waiting for a connection included. */
  readonly timeoutMs?: number;
  /** What the answer may have at most. */
  readonly maxBytes?: number;
  /** Goes before the calls that wait for a connection. For the Lease. */
  readonly urgent?: boolean;
  /**
   * Asked when the connection stands, directly before the request is written; on false nothing is sent, and the call fails as
   * `Withheld`. For writes that only a leader may begin.
   */
  readonly mayBegin?: () => boolean;
}

export interface KubeWatch extends KubeRequest, Partial<StreamLimits> {
  /** How long the head of the answer may take. */
  readonly answerMs?: number;
  /** The server has answered, and will tell from now on. */
  readonly onOpen?: () => void;
}

/** The way to one API server. */
export interface KubeTransport {
  /**
   * One call; a 401, and a certificate that is not trusted, are tried once more with the credentials read again.
   * @returns the parsed answer; `undefined` if it is empty.
   * @throws KubeError, and nothing else.
   */
  call(call: KubeCall): Promise<unknown>;
  /**
   * One watch, on a connection of its own: `onEvent` is called for each event as it comes. `watch` and bookmarks are asked for here.
   * Resolves when the server ends it in good order.
   * @throws KubeError, or what `onEvent` threw.
   */
  watch(watch: KubeWatch, onEvent: (event: WatchEvent) => void): Promise<void>;
  /** Gives up all that is under way, and closes every connection. */
  close(): void;
}

export interface TransportOptions {
  readonly credentials: KubeCredentials;
  /** Connections for calls, beside one for each watch. */
  readonly connections?: number;
  /** The `User-Agent`; what precedes the first slash is the field manager of writes that name none. */
  readonly userAgent?: string;
}

/** DESIGN's bound: four lanes keep an API server busy enough for 10,000 namespaces, and nobody else notices us. */
const CONNECTIONS = 4;
/** The API server gives a request 60 s; an answer that takes half of that is not worth waiting for, as all is tried again. */
const CALL_MS = 30_000;
/** A page of 500 objects has seldom more than 5 MiB; what has this much would not fit into the memory that we are given. */
const ANSWER_BYTES = 32 * 1024 * 1024;
const WATCH: StreamLimits & { readonly answerMs: number } = {
  answerMs: 30_000,
  // With bookmarks something comes every 60 s.
  silenceMs: 80_000,
  // An object has at most 3 MiB as sent; `managedFields` and escapes may double it.
  maxLineBytes: 16 * 1024 * 1024,
};

export function openTransport({
  credentials,
  connections = CONNECTIONS,
  userAgent = 'tracehook',
}: TransportOptions): KubeTransport {
  const server = new URL(credentials.server);
  const pool = openPool(connections);
  const lanes = openLanes(connections);
  const closing = new AbortController();

  /** Sends, once more with renewed credentials where these were the trouble, and hands the answer's head on if it is 2xx. */
  async function exchange<T>(
    call: KubeCall,
    deadline: Deadline,
    agentFor: (access: KubeAccess) => { readonly agent: Agent | false; readonly done: () => void },
    read: (answer: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    for (let renew = false; ; renew = true) {
      const access = await accessNow(call, deadline, renew);
      const { agent, done } = agentFor(access);
      try {
        return await oneExchange(call, deadline, access, agent, read);
      } catch (error) {
        if (renew || !isFailure(error, 'Unauthorized', 'Untrusted')) throw error;
      } finally {
        done();
      }
    }
  }

  async function accessNow(call: KubeCall, deadline: Deadline, renew: boolean): Promise<KubeAccess> {
    try {
      return await unlessAborted(credentials.access({ renew }), deadline.signal);
    } catch (error) {
      if (error instanceof KubeError) throw error;
      const why = error instanceof Error ? error.message : 'unknown';
      throw new KubeError('Unauthorized', `${nameOf(call)}: no credentials: ${why}`, { reason: 'NoCredentials' });
    }
  }

  async function oneExchange<T>(
    call: KubeCall,
    deadline: Deadline,
    access: KubeAccess,
    agent: Agent | false,
    read: (answer: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
    const answer = await openExchange({
      name: nameOf(call),
      method: call.method,
      server,
      target: targetOf(call),
      headers: headersOf(call, payload, userAgent),
      payload,
      access,
      agent,
      signal: deadline.signal,
      mayBegin: call.mayBegin,
    });
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return await read(answer);
    const body = await readBody(nameOf(call), answer, ERROR_BYTES, deadline.signal);
    throw errorFromAnswer(nameOf(call), status, parseOrNothing(body), answer.headers['retry-after']);
  }

  return {
    async call(call) {
      const deadline = startDeadline(nameOf(call), call.timeoutMs ?? CALL_MS, [call.signal, closing.signal]);
      try {
        const leave = await lanes.enter({ signal: deadline.signal, urgent: call.urgent ?? false });
        try {
          const maxBytes = call.maxBytes ?? ANSWER_BYTES;
          const text = await exchange(
            call,
            deadline,
            ({ tls }) => pool.take(tls),
            (answer) => readBody(nameOf(call), answer, maxBytes, deadline.signal),
          );
          return parseAnswer(nameOf(call), text);
        } finally {
          leave();
        }
      } finally {
        deadline.end();
      }
    },

    async watch(watch, onEvent) {
      const { answerMs, ...limits } = { ...WATCH, ...watch };
      const query = { ...watch.query, watch: 'true', allowWatchBookmarks: 'true' };
      const call: KubeCall = { ...watch, query, method: 'GET' };
      const deadline = startDeadline(nameOf(call), answerMs, [watch.signal, closing.signal]);
      try {
        const ownConnection = (): { agent: false; done: () => void } => ({ agent: false, done: () => undefined });
        await exchange(call, deadline, ownConnection, (answer) => {
          watch.onOpen?.();
          return readEvents(nameOf(call), answer, limits, deadline, onEvent);
        });
      } finally {
        deadline.end();
      }
    },

    close() {
      closing.abort();
      pool.close();
    },
  };
}

/** A Status has a few hundred bytes, or what a webhook says. */
const ERROR_BYTES = 256 * 1024;

function nameOf({ method, path, query }: KubeCall): string {
  return `${query?.['watch'] === 'true' ? 'WATCH' : method} ${path}`;
}

function targetOf({ path, query }: KubeCall): string {
  const parameters = new URLSearchParams(query).toString();
  return parameters === '' ? path : `${path}?${parameters}`;
}

function headersOf(
  { accept, contentType }: KubeCall,
  payload: string | undefined,
  userAgent: string,
): Record<string, string> {
  const headers: Record<string, string> = { accept: accept ?? 'application/json', 'user-agent': userAgent };
  if (payload === undefined) return headers;
  headers['content-type'] = contentType ?? 'application/json';
  // Node adds it by itself for POST and PUT alone: the body of a DELETE would else be taken for the next request.
  headers['content-length'] = String(Buffer.byteLength(payload));
  return headers;
}

function parseAnswer(name: string, text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new KubeError('BadAnswer', `${name}: the answer is no JSON`);
  }
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
