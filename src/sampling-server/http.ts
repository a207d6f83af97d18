import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { quoteValue } from '../problem.ts';
import { type Connections, guardConnections, hasBody, type Lines, REQUEST_TIMEOUTS } from '../serving/index.ts';
import type { Answers, Page } from './answers.ts';
import type { Endpoint, Outcome, SamplingMetrics } from './metrics.ts';

export interface HttpParts {
  readonly answers: Answers;
  /** Every answer from now on is the last of its connection. */
  readonly stopping: () => boolean;
  readonly metrics: SamplingMetrics;
  readonly logger: Pick<Lines, 'error'>;
}

/** Clients ask once a minute. To keep their connections until then would cost more than to open new ones. */
const IDLE_MS = 5_000;

/** A client has one, for a moment. A rush of clients that start together is served by the thousand. */
const MOST_CONNECTIONS = 2_000;

/** Names of services are short; a path and a few headers come with them. */
const HEADER_LIMIT_BYTES = 16 * 1024;

/** What is sent: headers that all answers have are added. */
interface Reply {
  readonly code: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Jaeger's remote-sampling protocol over plain HTTP, and the file for backends. The port is not bound yet.
 *
 * The root is what the Java client asks, which knows only a host and a port.
 */
export function createHttpServer(parts: HttpParts): { readonly server: Server; readonly connections: Connections } {
  const { metrics } = parts;
  const server = createServer({
    ...REQUEST_TIMEOUTS,
    keepAliveTimeout: IDLE_MS,
    maxHeaderSize: HEADER_LIMIT_BYTES,
    // Without a name there is no namespace in it, which has an answer.
    requireHostHeader: false,
  });
  const connections = guardConnections(server, {
    most: MOST_CONNECTIONS,
    tls: false,
    countClosed: (cause) => metrics.countClosed('http', cause),
  });
  server.on('request', (request, response) => {
    if (connections.admit(request, response)) respond(request, response, parts);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => answerBroken(error, socket, metrics));
  return { server, connections };
}

const PATHS: ReadonlyMap<string, Endpoint> = new Map([
  ['/sampling', 'http'],
  ['/', 'http'],
  ['/strategies', 'strategies'],
  ['/healthz', 'other'],
]);

/** Answers one request, whatever happens. */
function respond(request: IncomingMessage, response: ServerResponse, parts: HttpParts): void {
  const { metrics, logger, stopping } = parts;
  const target = readTarget(request);
  const endpoint = PATHS.get(target.path) ?? 'other';
  const { reply, outcome } = replyTo(request, target, endpoint, parts, logger);
  metrics.countRequest(endpoint, outcome);
  // A body that nobody reads may have no end.
  const isLast = stopping() || hasBody(request);
  response.writeHead(reply.code, {
    ...(reply.code === 304
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(reply.text) }),
    ...(isLast ? { Connection: 'close' } : {}),
    ...reply.headers,
  });
  response.end(reply.text);
}

interface Outgoing {
  readonly reply: Reply;
  readonly outcome: Outcome;
}

function replyTo(
  request: IncomingMessage,
  target: Target,
  endpoint: Endpoint,
  { answers }: HttpParts,
  logger: Pick<Lines, 'error'>,
): Outgoing {
  if (!PATHS.has(target.path)) {
    return refuse(404, `path: must be ${[...PATHS.keys()].join(', ')}, is ${quoteValue(target.path)}`);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refuse(405, `method: must be GET or HEAD, is ${quoteValue(request.method)}`, { Allow: 'GET, HEAD' });
  }
  try {
    if (endpoint === 'other') return { reply: { code: 200, text: '{"status":"ok"}' }, outcome: 'answered' };
    if (endpoint === 'strategies') return pageReply(answers.forCluster(), request, 'answered');
    const [service, ...others] = target.query.getAll('service');
    if (service === undefined || others.length > 0) {
      const given = service === undefined ? 'is missing' : 'is given more than once';
      return refuse(400, `query parameter service: must be given once (/sampling?service=checkout), ${given}`);
    }
    const answer = answers.forService(target.authority, service);
    return pageReply(answer.page, request, answer.found);
  } catch (error) {
    logger.error({ error: error instanceof Error ? error.message : 'unknown' }, 'a sampling request failed');
    return { reply: errorReply(500, 'Tracehook failed to make an answer'), outcome: 'failed' };
  }
}

function refuse(code: number, error: string, headers: Readonly<Record<string, string>> = {}): Outgoing {
  return { reply: { ...errorReply(code, error), headers }, outcome: 'refused' };
}

function errorReply(code: number, error: string): Reply {
  return { code, text: JSON.stringify({ error }) };
}

/** A change is in force at once: whoever keeps an answer has to ask whether it still holds. */
function pageReply({ text, etag }: Page, { headers }: IncomingMessage, outcome: Outcome): Outgoing {
  const common = { ETag: etag, 'Cache-Control': 'no-cache' };
  if (hasTag(headers['if-none-match'], etag)) {
    return { reply: { code: 304, text: '', headers: common }, outcome: 'unchanged' };
  }
  return { reply: { code: 200, text, headers: common }, outcome };
}

/** RFC 9110, 13.1.2: a list of tags, compared without a look at what marks them as weak, or "*". */
function hasTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

interface Target {
  /** Host and port as the client named them; empty if it did not. */
  readonly authority: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A client that takes the server for a proxy sends the whole URL, whose host then counts (RFC 9112, 3.2.2). */
function readTarget({ url = '', headers }: IncomingMessage): Target {
  const whole = /^http:\/\/([^/?#]*)(.*)$/i.exec(url);
  const authority = whole?.[1] ?? headers.host ?? '';
  const [path = '', ...query] = (whole?.[2] ?? url).split('?');
  return { authority, path: path === '' ? '/' : path, query: new URLSearchParams(query.join('?')) };
}

/** Answers what is no request of HTTP, where the connection still allows it, and ends the connection in any case. */
function answerBroken(error: NodeJS.ErrnoException, socket: Socket, metrics: SamplingMetrics): void {
  const isHttp = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' || error.code?.startsWith('HPE_') === true;
  if (!isHttp || !socket.writable || socket.bytesRead === 0) return void socket.destroy();
  metrics.countRequest('other', 'refused');
  const { code, text } = brokenReply(error.code);
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
}

function brokenReply(code: string | undefined): Reply {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return errorReply(408, 'request: must be complete in time, is not');
  return code === 'HPE_HEADER_OVERFLOW'
    ? errorReply(431, `headers: must be at most ${HEADER_LIMIT_BYTES} bytes, are longer`)
    : errorReply(400, 'request: must be HTTP/1.1, cannot be read as such');
}
