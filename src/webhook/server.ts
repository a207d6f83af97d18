import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Connections, hasBody, isSpare, type Lines } from '../serving/index.ts';
import type { Configuration } from '../settings/index.ts';
import { answerBody } from './answer.ts';
import { attempt } from './attempt.ts';
import { readBody } from './body.ts';
import { deadlineOf } from './deadline.ts';
import { createIntake, type Intake } from './intake.ts';
import type { Metrics } from './metrics.ts';
import type { Overload } from './overload.ts';
import { createRecall, type Recall } from './recall.ts';
import { describeError } from './record.ts';
import { OPT_IN_OF_PATH, type Refusal, REFUSALS } from './refusal.ts';

export interface ServerParts {
  /** Not listening yet. */
  readonly server: Server;
  readonly connections: Connections;
  readonly configuration: () => Configuration;
  /** Every answer from now on is the last of its connection. */
  readonly draining: () => boolean;
  readonly requestTimeoutMs: number;
  readonly overload: Overload;
  /** Counts an answer that refuses a request, and tells of it. */
  readonly countRefusal: (code: Refusal['code']) => void;
  readonly metrics: Metrics;
  readonly logger: Lines;
}

/**
 * The two paths on the TLS port, POST only. Node's own server without a framework: what is above it here is paid for every
 * review (docs/adr/0010).
 */
export function serveReviews(parts: ServerParts): void {
  const { server, connections, overload, countRefusal } = parts;
  const shared = { ...parts, intake: createIntake(), recall: createRecall() };
  server.on('request', (request, response) => {
    if (!connections.admit(request, response)) return;
    overload.admit(request, () => void respond(request, response, shared));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    answerBrokenRequest(error, socket, countRefusal);
  });
}

/** What all requests share. */
interface RequestParts extends ServerParts {
  readonly intake: Intake;
  readonly recall: Recall;
}

/** Answers one request, whatever happens. */
async function respond(request: IncomingMessage, response: ServerResponse, parts: RequestParts): Promise<void> {
  const { draining, countRefusal, metrics, logger } = parts;
  function send(code: number, text: string, headers: OutgoingHttpHeaders = {}): void {
    const length = Buffer.byteLength(text);
    response.writeHead(code, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': length,
      ...(draining() ? { Connection: 'close' } : {}),
      ...headers,
    });
    // ASCII, as nearly every answer is, has the same bytes in both, and is encoded in less time in this one.
    response.end(text, length === text.length ? 'latin1' : 'utf8');
  }
  function refuse({ code, error, headers }: Refusal, more: OutgoingHttpHeaders = {}): void {
    countRefusal(code);
    send(code, JSON.stringify({ error }), { ...headers, ...more });
  }

  const head = readHead(request);
  // A body that nobody reads may have no end.
  if ('refusal' in head) return refuse(head.refusal, hasBody(request) ? { Connection: 'close' } : {});
  let end = (): void => undefined;
  attempt(() => (end = metrics.beginRequest()));
  try {
    const answer = await answerRequest(request, head.optIn, parts);
    if (answer === undefined) return;
    if ('refusal' in answer) refuse(answer.refusal);
    else send(200, answer.text);
  } catch (error) {
    attempt(() => logger.error(describeError(error), 'request failed'));
    send(500, JSON.stringify({ error: 'Tracehook failed before it could read the review' }));
  } finally {
    attempt(end);
  }
}

/** What can be said of a request before its body. */
function readHead({
  url = '',
  method = '',
  headers,
}: IncomingMessage): { readonly optIn: 'enabled' | 'all' } | { readonly refusal: Refusal } {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  const optIn = OPT_IN_OF_PATH.get(path);
  if (optIn === undefined) return { refusal: REFUSALS.path(path) };
  if (method !== 'POST') return { refusal: REFUSALS.method(method) };
  const contentType = headers['content-type'];
  return isJson(contentType) ? { optIn } : { refusal: REFUSALS.contentType(contentType) };
}

const JSON_TYPE = 'application/json';

function isJson(contentType: string | undefined): boolean {
  return contentType === JSON_TYPE || contentType?.split(';', 1)[0]?.trim().toLowerCase() === JSON_TYPE;
}

/** Reads the body, and answers it. `undefined` if the caller went away, or will have gone by the time of an answer. */
async function answerRequest(
  request: IncomingMessage,
  optIn: 'enabled' | 'all',
  { configuration, requestTimeoutMs, overload, intake, recall, metrics, logger }: RequestParts,
): Promise<{ readonly text: string } | { readonly refusal: Refusal } | undefined> {
  const body = await readBody(request, deadlineOf(request.url ?? '', requestTimeoutMs), intake);
  if (body === undefined || 'refusal' in body) return body;
  const isTooLate = () => overload.giveUp(request);
  if (isTooLate()) return undefined;
  const parts = { optIn, configuration, metrics, logger, recall };
  return answerBody(body.text, parts, { size: body.size, intake, isTooLate });
}

/** Answers what is no request of HTTP, where the connection still allows it, and ends the connection in any case. */
function answerBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Socket,
  countRefusal: ServerParts['countRefusal'],
): void {
  if (isSpare(error, socket)) return;
  const isHttp = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' || error.code?.startsWith('HPE_') === true;
  if (!isHttp || !socket.writable) return void socket.destroy();
  const refusal = brokenRequestRefusal(error.code);
  countRefusal(refusal.code);
  const body = JSON.stringify({ error: refusal.error });
  const head = [
    `HTTP/1.1 ${refusal.code} ${STATUS_CODES[refusal.code]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function brokenRequestRefusal(code: string | undefined): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return REFUSALS.requestTooSlow();
  return code === 'HPE_HEADER_OVERFLOW' ? REFUSALS.headersTooLarge() : REFUSALS.brokenHttp();
}
