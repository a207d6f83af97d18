import type { Server } from 'node:https';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Configuration } from '../settings/index.ts';
import { readBody } from './body.ts';
import { deadlineOf } from './deadline.ts';
import { decide } from './decide.ts';
import type { Metrics } from './metrics.ts';
import type { WebhookLogger } from './options.ts';
import type { Overload } from './overload.ts';
import { describeError, recordDecision } from './record.ts';
import { OPT_IN_OF_PATH, type Refusal, REFUSALS } from './refusal.ts';
import { answerReview } from './respond.ts';
import { readReview } from './review.ts';

export interface ServerParts {
  /** Not listening yet; its 'request' event is taken. */
  readonly server: Server;
  readonly configuration: () => Configuration;
  /** Every answer from now on is the last of its connection. */
  readonly draining: () => boolean;
  readonly requestTimeoutMs: number;
  readonly overload: Overload;
  readonly metrics: Metrics;
  readonly logger: WebhookLogger;
}

/** The routes on the TLS port: two paths, POST only. The instance is ready once its `ready()` resolves. */
export function createWebhookServer(parts: ServerParts) {
  const { server, draining, overload, metrics, logger } = parts;
  const fastify = Fastify({
    serverFactory: (listener) =>
      server.on('request', (request, response) => overload.admit(request, () => listener(request, response))),
    // A 503 during shutdown would be taken for our answer; the connection is closed after each answer instead.
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, metrics),
    frameworkErrors: (_error, request, reply) => void refuse(reply, REFUSALS.path(request.url)),
  });
  // Bodies are read in the handler, where the caller's deadline is known.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));

  function send(reply: FastifyReply, code: number, text: string): FastifyReply {
    if (draining()) void reply.header('Connection', 'close');
    return reply.code(code).type('application/json').send(text);
  }
  function refuse(reply: FastifyReply, { code, error, headers }: Refusal): FastifyReply {
    metrics.countRefusal(code);
    return send(reply.headers(headers ?? {}), code, JSON.stringify({ error }));
  }

  fastify.addHook('onRequest', (request, reply, next) => {
    const refusal = checkHead(request);
    if (refusal === undefined) next();
    else void refuse(reply, refusal);
  });
  fastify.setErrorHandler((error, _request, reply) => {
    logger.error(describeError(error), 'request failed');
    return send(reply, 500, JSON.stringify({ error: 'Tracehook failed before it could read the review' }));
  });
  for (const [path, optIn] of OPT_IN_OF_PATH) {
    fastify.post(path, async (request, reply) => {
      const end = metrics.beginRequest();
      try {
        const answer = await answerRequest(request, optIn, parts);
        if (answer === undefined) return reply.hijack();
        return 'refusal' in answer ? refuse(reply, answer.refusal) : send(reply, 200, answer.text);
      } finally {
        end();
      }
    });
  }
  return fastify;
}

/** What can be said of a request before its body. */
function checkHead({ url, method, headers }: FastifyRequest): Refusal | undefined {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  if (!OPT_IN_OF_PATH.has(path)) return REFUSALS.path(path);
  if (method !== 'POST') return REFUSALS.method(method);
  const contentType = headers['content-type'];
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return mediaType === 'application/json' ? undefined : REFUSALS.contentType(contentType);
}

/** body → review → decision → answer. `undefined` if the caller went away, or will have gone by the time of an answer. */
async function answerRequest(
  request: FastifyRequest,
  optIn: 'enabled' | 'all',
  { configuration, requestTimeoutMs, overload, metrics, logger }: ServerParts,
): Promise<{ readonly text: string } | { readonly refusal: Refusal } | undefined> {
  const body = await readBody(request.raw, deadlineOf(request.url, requestTimeoutMs));
  if (body === undefined || 'refusal' in body) return body;
  if (overload.giveUp(request.raw)) return undefined;
  const begin = performance.now();
  const read = readReview(body.text);
  if ('refusal' in read) return read;
  const decision = decide(read.review, { optIn, configuration });
  const text = answerReview(read.review, decision);
  if (overload.giveUp(request.raw)) return undefined;
  recordDecision({ metrics, logger }, read.review, decision, performance.now() - begin);
  return { text };
}

/** Answers what is no request of HTTP, where the connection still allows it, and ends the connection in any case. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket, metrics: Metrics): void {
  const isHttp = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' || error.code?.startsWith('HPE_') === true;
  if (!isHttp || !socket.writable) return void socket.destroy();
  const refusal = brokenRequestRefusal(error.code);
  metrics.countRefusal(refusal.code);
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
