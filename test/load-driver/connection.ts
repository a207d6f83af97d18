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
  /** Of the answer, so far. */
  #chunks: Buffer[] = [];
  #size = 0;
  #head: Head | undefined;
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
    this.#chunks = [];
    this.#size = 0;
    this.#head = undefined;
    settle?.(exchange);
  }

  #read(chunk: Buffer): void {
    // A word on a connection on which nothing was asked: the server is about to close it.
    if (this.#settle === undefined) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    this.#head ??= readHead(Buffer.concat(this.#chunks));
    if (this.#head === undefined || this.#size < this.#head.bodyAt + this.#head.length) return;
    const { status, bodyAt, length, reusable } = this.#head;
    const body = Buffer.concat(this.#chunks).toString('utf8', bodyAt, bodyAt + length);
    this.#finish({ status, body, reusable });
  }
}

interface Head {
  readonly status: number;
  /** Bytes in front of the body, and of the body. */
  readonly bodyAt: number;
  readonly length: number;
  readonly reusable: boolean;
}

/** `undefined` if it is not complete. */
function readHead(received: Buffer): Head | undefined {
  const end = received.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const head = received.toString('latin1', 0, end).toLowerCase();
  return {
    status: Number(head.slice(9, 12)),
    bodyAt: end + HEAD_END.length,
    length: Number(/\r\ncontent-length: *(\d+)/.exec(head)?.[1] ?? 0),
    reusable: !/\r\nconnection: *close/.test(head),
  };
}
