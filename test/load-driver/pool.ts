import { createSecureContext } from 'node:tls';
import { Connection, type ConnectionOptions } from './connection.ts';

export interface PoolOptions {
  readonly host: string;
  readonly port: number;
  readonly servername: string;
  /** CAs in PEM. */
  readonly ca: string;
  /** A connection was opened. */
  readonly onOpen: () => void;
}

/** Idle connections that are kept, and for how long. Source: Go's http.Transport as the API server sets it up for webhooks. */
const MOST_IDLE = 25;
const IDLE_MS = 90_000;
const IDLE_CHECK_MS = 1_000;

/** Someone who waits for a connection. */
interface Waiter {
  readonly use: (connection: Connection) => void;
  readonly fail: (failed: string) => void;
  served: boolean;
}

/**
 * Connections as Go's http.Transport keeps them: the one that was used last is used first; where none is idle one is dialled,
 * and the call takes whichever comes first, the dialled one or one that another call gives back. The other is kept: a
 * connection on which nothing was ever sent.
 */
export class Pool {
  readonly #options: PoolOptions;
  #connectionOptions: ConnectionOptions;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  /** Of those, the ones that are not used for a further call. */
  #old: ReadonlySet<Connection> = new Set();
  readonly #waiting: Waiter[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(options: PoolOptions) {
    this.#options = options;
    const { host, port, servername, ca } = options;
    const onEnd = (connection: Connection): void => this.#forget(connection);
    this.#connectionOptions = { host, port, servername, secureContext: createSecureContext({ ca }), onEnd };
    this.#timer = setInterval(() => this.#closeOld(), IDLE_CHECK_MS).unref();
  }

  /** Calls `use` with a connection, at once or later, or `fail`. What is returned withdraws the wish. */
  take(use: Waiter['use'], fail: Waiter['fail']): () => void {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      use(idle);
      return () => {};
    }
    const waiter = { use, fail, served: false };
    this.#waiting.push(waiter);
    this.#dial(waiter);
    return () => void (waiter.served = true);
  }

  /** A connection whose call was answered, and which the server keeps open. */
  give(connection: Connection): void {
    if (this.#old.has(connection)) this.drop(connection);
    else this.#offer(connection);
  }

  /** Trusts these CAs from now on. Every further call is sent on a connection that is opened from now on. */
  trust(ca: string): void {
    this.#connectionOptions = { ...this.#connectionOptions, secureContext: createSecureContext({ ca }) };
    for (const connection of this.#idle.splice(0)) this.drop(connection);
    this.#old = new Set(this.#all);
  }

  #offer(connection: Connection): void {
    const waiter = this.#nextWaiter();
    if (waiter !== undefined) {
      waiter.served = true;
      waiter.use(connection);
      return;
    }
    // The one that comes too many goes, as in Go, not the oldest.
    if (this.#idle.length >= MOST_IDLE) return this.drop(connection);
    connection.idleSince = performance.now();
    this.#idle.push(connection);
  }

  /** A connection that is of no use any more. */
  drop(connection: Connection | undefined): void {
    connection?.destroy();
    if (connection !== undefined) this.#forget(connection);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const connection of this.#all) connection.destroy();
    this.#all.clear();
    this.#idle.length = 0;
  }

  #dial(waiter: Waiter): void {
    this.#options.onOpen();
    let opened = false;
    const onEnd: ConnectionOptions['onEnd'] = (ended, failed) => {
      this.#forget(ended);
      if (opened || waiter.served) return;
      waiter.served = true;
      waiter.fail(`dial: ${failed}`);
    };
    const connection = new Connection({ ...this.#connectionOptions, onEnd }, (open) => {
      opened = true;
      this.#offer(open);
    });
    this.#all.add(connection);
  }

  #nextWaiter(): Waiter | undefined {
    while (this.#waiting.length > 0) {
      const waiter = this.#waiting.shift();
      if (waiter?.served === false) return waiter;
    }
    return undefined;
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
  }

  #closeOld(): void {
    const oldest = performance.now() - IDLE_MS;
    for (const connection of this.#idle.filter(({ idleSince }) => idleSince < oldest)) this.drop(connection);
  }
}
