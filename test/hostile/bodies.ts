/** Sends mutated bodies, some at a time, on connections that are kept as long as the server keeps them. */
import { Connection, type Exchange } from '../load-driver/connection.ts';
import { afterAwake, awakeNow } from './awake.ts';
import { goldenPods, mutatedBody } from './mutate.ts';
import type { Target } from './target.ts';
import { judge } from './verdict.ts';

export interface BodiesOptions {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  readonly onProgress?: (sent: number) => void;
}

export interface BodiesResult {
  readonly statuses: Record<string, number>;
  /** What went wrong, with the index that repeats it. */
  readonly wrong: string[];
  readonly slowestMs: number;
}

const AT_A_TIME = 4;
/** Of so many answers with a patch, one is applied. */
const PATCH_SAMPLE = 5;
const MOST_WRONG = 20;
/** Every answer comes, or the connection ends, within this. */
export const BOUND_MS = 5_000;

export async function sendBodies(
  target: Target,
  { seed, first, count, onProgress }: BodiesOptions,
): Promise<BodiesResult> {
  const pods = goldenPods();
  const statuses: Record<string, number> = {};
  const wrong: string[] = [];
  let slowestMs = 0;
  let next = first;

  async function work(): Promise<void> {
    let connection: Connection | undefined;
    while (next < first + count) {
      const index = next++;
      const body = mutatedBody(pods, seed, index);
      connection ??= await open(target);
      const begin = awakeNow();
      const exchange = await send(connection, body);
      const tookMs = awakeNow() - begin;
      slowestMs = Math.max(slowestMs, tookMs);
      const verdict = judge(body, exchange, index % PATCH_SAMPLE === 0);
      if ('status' in verdict) statuses[verdict.status] = (statuses[verdict.status] ?? 0) + 1;
      if ('wrong' in verdict && wrong.length < MOST_WRONG) wrong.push(`seed ${seed}, index ${index}: ${verdict.wrong}`);
      if (tookMs > BOUND_MS && wrong.length < MOST_WRONG)
        wrong.push(`seed ${seed}, index ${index}: ${Math.round(tookMs)} ms`);
      if ('failed' in exchange || !exchange.reusable) {
        connection.destroy();
        connection = undefined;
      }
      onProgress?.(index + 1 - first);
    }
    connection?.destroy();
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return { statuses, wrong, slowestMs };
}

function open({ port, secureContext }: Target): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const onEnd = (_connection: Connection, failed: string) => reject(new Error(`cannot connect: ${failed}`));
    void new Connection({ host: '127.0.0.1', port, servername: 'localhost', secureContext, onEnd }, resolve);
  });
}

function send(connection: Connection, body: Buffer): Promise<Exchange> {
  const head = `POST /inject/all?timeout=10s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return new Promise((resolve) => {
    const callOff = afterAwake(4 * BOUND_MS, () => settle({ failed: 'no answer' }));
    const settle = (exchange: Exchange): void => {
      callOff();
      resolve(exchange);
    };
    connection.exchange(Buffer.concat([Buffer.from(head), body]), settle);
  });
}
