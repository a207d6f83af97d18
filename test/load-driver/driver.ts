import type { Connection, Exchange } from './connection.ts';
import { Pool } from './pool.ts';
import { type RequestTemplate, requestFor } from './requests.ts';
import { type Ending, type Summary, Tally } from './summary.ts';

export interface DriverOptions {
  readonly host: string;
  readonly port: number;
  readonly servername?: string;
  /** CAs in PEM; see `trust` for others later. */
  readonly ca: string;
  /** How long a call may take; what the requests say in their query. */
  readonly timeoutMs: number;
  /**
   * How much longer the driver listens for an answer that comes too late, to count it. The API server does not: it closes the
   * connection at the deadline.
   */
  readonly listenMs?: number;
  /** Taken in turn. */
  readonly requests: readonly RequestTemplate[];
}

export interface OpenLoop {
  readonly ratePerSecond: number;
  readonly calls: number;
}

export interface ClosedLoop {
  /** Calls under way at any moment. */
  readonly concurrency: number;
  readonly calls: number;
}

export interface Driver {
  /** Begins calls at a fixed rate, however long the answers take; resolves when the last has ended. */
  openLoop(load: OpenLoop, onProgress?: (calls: number) => void): Promise<Summary>;
  /** Begins a call whenever one has ended. */
  closedLoop(load: ClosedLoop, onProgress?: (calls: number) => void): Promise<Summary>;
  /** Ends the open loop early: no further call is begun. */
  stop(): void;
  /** Trusts other CAs, as the API server does when `caBundle` changes: for further calls it opens new connections. */
  trust(ca: string): void;
  /** Closes all connections. */
  close(): void;
}

/** What a connection's server answers decides about the call; see Summary. */
export function startDriver(options: DriverOptions): Driver {
  const { timeoutMs, listenMs = 0, requests } = options;
  let tally = new Tally();
  let count = 0;
  let stopped = false;
  const pool = new Pool({
    host: options.host,
    port: options.port,
    servername: options.servername ?? 'localhost',
    ca: options.ca,
    onOpen: () => void (tally.connections += 1),
  });

  function call(lagMs: number, onEnd: () => void): void {
    const template = requests[count % requests.length];
    if (template === undefined) throw new Error('the driver has no requests');
    const { bytes, uid } = requestFor(template, ++count);
    const [into, begin] = [tally, performance.now()];
    let used: Connection | undefined;
    let ended = false;
    const end = (ending: Ending): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      into.add(ending, performance.now() - begin, lagMs);
      onEnd();
    };
    const timer = setTimeout(() => {
      withdraw();
      pool.drop(used);
      end('timedOut');
    }, timeoutMs + listenMs);
    const withdraw = pool.take(
      (connection) => {
        used = connection;
        connection.exchange(bytes, (exchange) => {
          if ('failed' in exchange || !exchange.reusable) pool.drop(connection);
          else pool.give(connection);
          end(endingOf(exchange, uid, performance.now() - begin > timeoutMs));
        });
      },
      (failed) => end({ failed }),
    );
  }

  return {
    openLoop({ ratePerSecond, calls }, onProgress) {
      tally = new Tally();
      stopped = false;
      const begin = performance.now();
      return new Promise((resolve) => {
        let [begun, under] = [0, 0];
        const isOver = (): boolean => stopped || begun === calls;
        const dueMs = (): number => (begun * 1000) / ratePerSecond;
        const settle = (): void => {
          under -= 1;
          onProgress?.(tally.calls);
          if (under === 0 && isOver()) resolve(tally.summary());
        };
        const step = (): void => {
          const now = performance.now() - begin;
          while (!isOver() && dueMs() <= now) {
            under += 1;
            const lagMs = now - dueMs();
            begun += 1;
            call(lagMs, settle);
          }
          // After a look at the sockets: unlike Go, which has a reader for each, this would not know yet that one was closed.
          if (!isOver()) setTimeout(() => setImmediate(step), Math.max(0, dueMs() - now));
          else if (under === 0) resolve(tally.summary());
        };
        step();
      });
    },
    closedLoop({ concurrency, calls }, onProgress) {
      tally = new Tally();
      return new Promise((resolve) => {
        let begun = 0;
        const next = (): void => {
          onProgress?.(tally.calls);
          if (tally.calls === calls) resolve(tally.summary());
          else if (begun < calls) begin();
        };
        // Not within the end of the call before: the stack has an end.
        const begin = (): void => {
          begun += 1;
          queueMicrotask(() => call(0, next));
        };
        for (let index = 0; index < Math.min(concurrency, calls); index++) begin();
      });
    },
    stop: () => void (stopped = true),
    trust: (ca) => pool.trust(ca),
    close: () => pool.close(),
  };
}

function endingOf(exchange: Exchange, uid: string, isLate: boolean): Ending {
  if ('failed' in exchange) return { failed: exchange.failed };
  if (exchange.status !== 200) return { failed: `status ${exchange.status}` };
  // Parsing every answer would cost the driver more than all else. A test of its own holds that the texts are JSON.
  const { body } = exchange;
  if (!body.includes(`"uid":"${uid}"`) || !body.includes('"allowed":true')) return { failed: 'wrong answer' };
  if (isLate) return 'late';
  return body.includes('"patchType":"JSONPatch"') ? 'patched' : 'answered';
}
