import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type CloseCause, guardConnections } from './connections.ts';
import type { Lines } from './lines.ts';
import { hasBody, isSpare, REQUEST_TIMEOUTS } from './requests.ts';

/** What /metrics shows. */
export interface MetricsPage {
  readonly contentType: string;
  readonly text: () => Promise<string>;
  readonly countClosed: (cause: CloseCause) => void;
}

export interface HealthParts {
  /** Every reason why no review should be sent here now, as sentences; none if ready. */
  readonly notReady: () => readonly string[];
  readonly metrics: MetricsPage;
  readonly logger: Pick<Lines, 'error'>;
}

interface Page {
  readonly code: number;
  readonly text: string;
  readonly contentType?: string;
  readonly allow?: string;
}

/**
 * The plain HTTP port, which the kubelet and Prometheus reach without a certificate: `/healthz` answers while the process
 * can answer at all, `/readyz` says what keeps it from being ready, one reason a line.
 */
export function createHealthServer(parts: HealthParts): Server {
  const server = createServer(REQUEST_TIMEOUTS);
  const { countClosed } = parts.metrics;
  const connections = guardConnections(server, { most: MOST_CONNECTIONS, tls: false, countClosed });
  server.on('request', (request, response) => {
    if (connections.admit(request, response)) void respond(request, response, parts);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!isSpare(error, socket)) socket.destroy();
  });
  server.on('close', connections.stop);
  return server;
}

/** The kubelet has one or two at a time, Prometheus one each. */
const MOST_CONNECTIONS = 50;

async function respond(request: IncomingMessage, response: ServerResponse, parts: HealthParts): Promise<void> {
  const page = await pageFor(request, parts);
  // A body that nobody reads may have no end.
  if (hasBody(request)) response.shouldKeepAlive = false;
  response.writeHead(page.code, {
    'Content-Type': page.contentType ?? 'text/plain; charset=utf-8',
    ...(page.allow === undefined ? {} : { Allow: page.allow }),
  });
  response.end(page.text);
}

async function pageFor(
  { method, url = '' }: IncomingMessage,
  { notReady, metrics, logger }: HealthParts,
): Promise<Page> {
  const page = PAGES.get(url.split('?', 1)[0] ?? '');
  if (page === undefined) return { code: 404, text: `must be one of ${[...PAGES.keys()].join(', ')}\n` };
  if (method !== 'GET' && method !== 'HEAD') return { code: 405, text: 'must be GET or HEAD\n', allow: 'GET, HEAD' };
  try {
    return await page({ notReady, metrics, logger });
  } catch (error) {
    logger.error({ error: error instanceof Error ? error.message : 'unknown' }, 'health or metrics page failed');
    return { code: 500, text: 'failed\n' };
  }
}

const PAGES = new Map<string, (parts: HealthParts) => Page | Promise<Page>>([
  ['/healthz', () => ({ code: 200, text: 'ok\n' })],
  [
    '/readyz',
    ({ notReady }) => {
      const reasons = notReady();
      return reasons.length === 0
        ? { code: 200, text: 'ok\n' }
        : { code: 503, text: reasons.map((reason) => `${reason}\n`).join('') };
    },
  ],
  ['/metrics', async ({ metrics }) => ({ code: 200, text: await metrics.text(), contentType: metrics.contentType })],
]);
