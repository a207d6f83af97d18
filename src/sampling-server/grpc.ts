import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { type Lines, PATIENCE_MS } from '../serving/index.ts';
import type { Answer, Answers } from './answers.ts';
import {
  encodeMessage,
  FAILED,
  framed,
  isTooLong,
  readHead,
  readQuestion,
  type Refusal,
  STATUS,
  TOO_LONG,
  TOO_SLOW,
} from './call.ts';
import type { SamplingMetrics } from './metrics.ts';
import { guardSessions, type Sessions } from './sessions.ts';

export interface GrpcParts {
  readonly answers: Answers;
  readonly metrics: SamplingMetrics;
  readonly logger: Pick<Lines, 'error'>;
}

/** A session takes some 40 KiB, and is there for the seconds around a call. */
const MOST_SESSIONS = 1_000;
/** Clients make one call at a time. */
const MOST_CALLS = 16;
const HEADER_LIMIT_BYTES = 16 * 1024;
/** Frames that make no sense; each client of ours sends none. */
const MOST_INVALID_FRAMES = 10;
/** What is left of a call after its answer: the way to the client, and the end of what it sends. */
const CLOSING_MS = 500;

const CONTENT_TYPE = 'application/grpc';

/**
 * `jaeger.api_v2.SamplingManager/GetSamplingStrategy` over plain HTTP/2, and nothing else (docs/adr/0012). The port is not
 * bound yet. Nothing of a call takes longer than 5 s, on either side.
 */
export function createGrpcServer(parts: GrpcParts): { readonly server: Http2Server; readonly sessions: Sessions } {
  const { metrics } = parts;
  const server = createServer({
    settings: { maxConcurrentStreams: MOST_CALLS, maxHeaderListSize: HEADER_LIMIT_BYTES, enablePush: false },
    maxSessionInvalidFrames: MOST_INVALID_FRAMES,
    // MiB; what Node may hold for one session.
    maxSessionMemory: 1,
  });
  const sessions = guardSessions(server, {
    most: MOST_SESSIONS,
    countClosed: (cause) => metrics.countClosed('grpc', cause),
  });
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    serveCall(stream, headers, sessions, parts);
  });
  return { server, sessions };
}

function serveCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  sessions: Sessions,
  parts: GrpcParts,
): void {
  const { session } = stream;
  if (session === undefined) return;
  const endCall = sessions.beginCall(session);
  let answered = false;
  // A caller that resets the stream, or vanishes, is followed by 'close'.
  stream.on('error', () => undefined);
  const head = readHead(headers, PATIENCE_MS);
  const deadline = setTimeout(() => settle({ refusal: TOO_SLOW }), 'refusal' in head ? PATIENCE_MS : head.timeoutMs);
  const end = setTimeout(() => {
    // What is still on its way now is not being read.
    if (answered) sessions.close(session, 'unread');
    else stream.close(constants.NGHTTP2_CANCEL);
  }, PATIENCE_MS + CLOSING_MS);
  stream.once('close', () => {
    clearTimeout(deadline);
    clearTimeout(end);
    endCall(answered && stream.rstCode === constants.NGHTTP2_NO_ERROR);
  });

  function settle(result: Answer | { readonly refusal: Refusal }): void {
    clearTimeout(deadline);
    stream.off('data', onData).off('end', onEnd);
    // What still comes is thrown away.
    stream.resume();
    if (stream.destroyed || stream.closed || stream.headersSent) return;
    if ('refusal' in result) {
      parts.metrics.countRequest('grpc', result.refusal === FAILED ? 'failed' : 'refused');
      refuse(stream, result.refusal);
    } else {
      parts.metrics.countRequest('grpc', result.found);
      answered = true;
      answer(stream, result);
    }
  }

  let received: Buffer = Buffer.alloc(0);
  function onData(chunk: Buffer): void {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    if (isTooLong(received)) settle({ refusal: TOO_LONG });
  }
  function onEnd(): void {
    settle(answerTo(received, headers, parts));
  }

  if ('refusal' in head) return settle(head);
  stream.on('data', onData).on('end', onEnd);
}

function answerTo(
  received: Buffer,
  headers: IncomingHttpHeaders,
  { answers, logger }: GrpcParts,
): Answer | { readonly refusal: Refusal } {
  const question = readQuestion(received);
  if ('refusal' in question) return question;
  try {
    return answers.forService(headers[':authority'] ?? headers.host ?? '', question.service);
  } catch (error) {
    logger.error({ error: error instanceof Error ? error.message : 'unknown' }, 'a sampling call failed');
    return { refusal: FAILED };
  }
}

function answer(stream: ServerHttp2Stream, { message }: Answer): void {
  stream.respond({ ':status': 200, 'content-type': CONTENT_TYPE }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(STATUS.OK) }));
  stream.end(framed(message));
}

/** With a status of gRPC's, headers and trailers are one ("Trailers-Only"). */
function refuse(stream: ServerHttp2Stream, refusal: Refusal): void {
  const status =
    'httpStatus' in refusal
      ? { ':status': refusal.httpStatus }
      : {
          ':status': 200,
          'content-type': CONTENT_TYPE,
          'grpc-status': String(refusal.status),
          'grpc-message': encodeMessage(refusal.message),
        };
  stream.respond({ ...status, ...refusal.headers }, { endStream: true });
  // The caller need not send the rest.
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
}
