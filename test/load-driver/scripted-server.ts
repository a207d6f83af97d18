/** A small TLS server that does to its callers what it is told to. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { makeCertificates } from '../../certs/certificates.ts';

/** One request on a connection, and the connection's place among all. */
export interface Asked {
  readonly socket: TLSSocket;
  /** Ends the connection with a reset. */
  readonly reset: () => void;
  readonly connection: number;
  readonly uid: string;
  /** Of all requests so far, this one included. */
  readonly count: number;
}

export interface ScriptedServer {
  readonly port: number;
  readonly ca: string;
  /** Connections that are open now. */
  readonly open: () => number;
  readonly close: () => Promise<void>;
}

export async function startScriptedServer(act: (asked: Asked) => void): Promise<ScriptedServer> {
  const { ca, serving } = await makeCertificates({ dns: ['localhost'], ips: ['127.0.0.1'], days: 1 });
  const sockets = new Set<TLSSocket>();
  const plain = new Map<number | undefined, Socket>();
  let [connections, count] = [0, 0];
  const server = createServer({ cert: serving.certificate, key: serving.key }, (socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const [, length = ''] = /\r\nContent-Length: (\d+)\r\n/.exec(received) ?? [];
      const bodyAt = received.indexOf('\r\n\r\n') + 4;
      if (length === '' || bodyAt === 3 || received.length < bodyAt + Number(length)) return;
      const [, uid = ''] = /"uid":"([^"]+)"/.exec(received.slice(bodyAt)) ?? [];
      received = '';
      const reset = (): void => void plain.get(socket.remotePort)?.resetAndDestroy();
      act({ socket, reset, connection, uid, count: ++count });
    });
  });
  server.on('tlsClientError', () => undefined);
  server.on('connection', (socket: Socket) => void plain.set(socket.remotePort, socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    ca: ca.certificate,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

export interface Answer {
  readonly status?: string;
  readonly headers?: string;
  readonly patch?: boolean;
}

/** The text of an answer. */
export function answerTo(uid: string, { status = '200 OK', headers = '', patch = false }: Answer = {}): string {
  const changes = patch ? ',"patchType":"JSONPatch","patch":"W10="' : '';
  const body = `{"response":{"uid":"${uid}","allowed":true${changes}}}`;
  return `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;
}
