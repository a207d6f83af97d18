import { isRecord } from '../record.ts';
import { type Backoff, backoffMs, pause, waitMs } from './backoff.ts';
import { isFailure, KubeError } from './kube-error.ts';
import { type KubeObject, readObject, resourceVersionOf } from './kube-object.ts';
import type { KubeTransport } from './transport.ts';

export interface ListOptions {
  readonly transport: KubeTransport;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly accept: string;
  readonly signal: AbortSignal;
  /** Objects a page. */
  readonly pageSize: number;
  readonly callMs: number;
  readonly backoff: Backoff;
  readonly random: () => number;
}

/**
 * How often a further page is asked for, before the list as a whole has failed: a list of a hundred pages would else seldom end. With
 * the first nothing is lost, and whoever lists waits himself.
 */
const ATTEMPTS = 5;
/** What a smaller page is, where one had more bytes than an answer may have. */
const SHRINK = 4;

/**
 * All objects of a kind, page after page, as they were at one moment.
 *
 * @returns the resource version of that moment, from which to watch.
 * @throws KubeError; `Expired` where the pages took longer than the server remembers.
 */
export async function listAll(options: ListOptions, onObject: (object: KubeObject) => void): Promise<string> {
  let [limit, token] = [options.pageSize, ''];
  for (;;) {
    const page = await readPage(options, limit, token);
    if (page === 'too large') {
      limit = Math.max(1, Math.floor(limit / SHRINK));
      continue;
    }
    for (const item of page.items) {
      const object = readObject(item);
      if (object !== undefined) onObject(object);
    }
    if (page.token === '') return page.resourceVersion;
    if (page.token === token) throw new KubeError('BadAnswer', `GET ${options.path}: the same page for ever`);
    token = page.token;
  }
}

interface Page {
  readonly items: readonly unknown[];
  readonly token: string;
  readonly resourceVersion: string;
}

/** One page; a further one is tried again where that may help. */
async function readPage(options: ListOptions, limit: number, token: string): Promise<Page | 'too large'> {
  const { backoff, random, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askForPage(options, limit, token);
    } catch (error) {
      if (isFailure(error, 'TooLarge') && limit > 1) return 'too large';
      const mayPass = isFailure(error, 'Throttled', 'ServerError', 'Unreachable', 'Timeout');
      if (!mayPass || token === '' || attempt === ATTEMPTS || signal.aborted) throw error;
      await pause(waitMs(backoffMs(attempt, backoff, random), error.retryAfterMs), signal);
    }
  }
}

async function askForPage(options: ListOptions, limit: number, token: string): Promise<Page> {
  const { transport, path, accept, signal, callMs } = options;
  const query: Record<string, string> = { ...options.query, limit: String(limit) };
  if (token !== '') query['continue'] = token;
  const list = await transport.call({ method: 'GET', path, query, accept, signal, timeoutMs: callMs });
  const metadata = isRecord(list) && isRecord(list['metadata']) ? list['metadata'] : {};
  const resourceVersion = resourceVersionOf(list);
  // An empty list is [] or, from some servers, null.
  const items = isRecord(list) ? (list['items'] ?? []) : undefined;
  if (resourceVersion === undefined || !Array.isArray(items)) {
    throw new KubeError('BadAnswer', `GET ${path}: the answer is no list`);
  }
  return { items, token: typeof metadata['continue'] === 'string' ? metadata['continue'] : '', resourceVersion };
}
