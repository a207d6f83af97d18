import { connect, type SecureContext, type TLSSocket } from 'node:tls';

/** How one exchange on a connection ended: an answer, or what happened instead. */
export type Exchange =
  | { readonly status: number; readonly body: string; readonly reusable: boolean }
  | { readonly failed: string };

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly servername: string;
  readonly secureContext: SecureContext;
  /** Called once, when the connection is of no use any more. `failed` says why. */
  readonly onEnd: (connection: Connection, failed: string) => void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One connection, one exchange at a time. Reads the answers of servers that state a Content-Length, as ours and the floor do:
 * much less work for the driver than an HTTP client is, so that one core can load another.
 */
export class Connection {
  readonly #socket: TLSSocket;
  readonly #options: ConnectionOptions;
  #ended = false;
  #received: Buffer = Buffer.alloc(0);
  #settle: ((exchange: Exchange) => void) | undefined;
  /** When it was last put aside, for the pool. */
  idleSince = 0;

  constructor(options: ConnectionOptions, onOpen: (connection: Connection) => void) {
    this.#options = options;
    const { host, port, servername, secureContext } = options;
    this.#socket = connect({ host, port, servername, secureContext }, () => onOpen(this));
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#end(error.code ?? error.message));
    // Its half of the connection: what follows would be ours alone.
    this.#socket.on('end', () => this.#end('closed'));
    this.#socket.on('close', () => this.#end('closed'));
  }

  /** Sends a request; `settle` is called once. */
  exchange(request: Buffer, settle: (exchange: Exchange) => void): void {
    this.#settle = settle;
    this.#socket.write(request);
  }

  /** Gives up whatever is under way, without another word to anybody. */
  destroy(): void {
    this.#ended = true;
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #end(failed: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    this.#finish({ failed });
    this.#options.onEnd(this, failed);
  }

  #finish(exchange: Exchange): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#received = Buffer.alloc(0);
    settle?.(exchange);
  }

  #read(chunk: Buffer): void {
    // A word on a connection on which nothing was asked: the server is about to close it.
    if (this.#settle === undefined) return;
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.#received.toString('latin1', 0, headEnd).toLowerCase();
    const length = Number(/\r\ncontent-length: *(\d+)/.exec(head)?.[1] ?? 0);
    const bodyAt = headEnd + HEAD_END.length;
    if (this.#received.length < bodyAt + length) return;
    const body = this.#received.toString('utf8', bodyAt, bodyAt + length);
    const reusable = !/\r\nconnection: *close/.test(head);
    this.#finish({ status: Number(head.slice(9, 12)), body, reusable });
  }
}
