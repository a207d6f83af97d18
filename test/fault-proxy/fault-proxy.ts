// Stands between a client and a real API server, and does to the traffic what a test asks for. Two layers:
//
//   client ──TCP──► line.ts: bytes that stop, connections that are reset ──► here: TLS, one HTTP request after the other ──► API server
//
// The certificate is of a CA of its own, which can be changed while it runs.
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeControlPlaneKeys } from '../control-plane/certificates.ts';
import { openLine } from './line.ts';

/** What becomes of one request. */
export type Fault =
  | {
      readonly answer: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** As it stands; default: a Status of that code, as the API server writes it. */
      readonly body?: string;
    }
  /** The connection is reset, and the server never hears of it. */
  | 'reset'
  /** The same, but the connection ends in good order. */
  | 'drop'
  /** The server does it, and the connection is reset before its answer. */
  | 'reset after'
  /** No answer, as long as the client waits. */
  | 'hang'
  /** The connection ends after so many bytes of the answer's body. */
  | { readonly cutAfter: number }
  /** Goes through, later. */
  | { readonly delayMs: number };

export interface SeenRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly isWatch: boolean;
  readonly token: string;
}

export interface FaultProxy {
  /** As in "https://127.0.0.1:43210". */
  readonly url: string;
  readonly port: number;
  /** Of its present certificate. */
  caPem(): string;
  /** All requests so far, faulty ones included. */
  readonly requests: readonly SeenRequest[];
  /** Connections so far, and how many stood at once at most. */
  connections(): { readonly opened: number; readonly most: number; readonly open: number };
  /** Asked about each request; `undefined` lets it through. Replaces what was there. */
  inject(rule: (request: SeenRequest, index: number) => Fault | undefined): void;
  /** Lets all through again. */
  heal(): void;
  /** From now on no byte gets through, in either direction, and no connection is closed. */
  blackHole(on: boolean): void;
  /** Resets every connection that stands. */
  resetAll(): void;
  /** A new CA and a certificate of it, for connections to come; those that stand are reset. */
  changeCertificate(): Promise<void>;
  close(): Promise<void>;
}

/** @param target the API server's URL and the CA of its certificate. */
export async function startFaultProxy(target: { readonly url: string; readonly caPem: string }): Promise<FaultProxy> {
  const requests: SeenRequest[] = [];
  const upstream = new Agent({ keepAlive: true, ca: target.caPem });
  let rule: (request: SeenRequest, index: number) => Fault | undefined = () => undefined;
  let keys = await makeControlPlaneKeys();

  const server = createServer(
    { key: keys.servingKeyPem, cert: keys.servingCertificatePem, keepAliveTimeout: 90_000 },
    (request, response) => {
      const seen = describeRequest(request);
      requests.push(seen);
      const fault = rule(seen, requests.length - 1);
      // What the client gives up must not be an uncaught error here.
      request.on('error', () => undefined);
      response.on('error', () => undefined);
      void serve(fault, request, response);
    },
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const line = await openLine(portOf(server.address()));

  async function serve(fault: Fault | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (fault === 'hang') return;
    if (fault === 'reset') return line.reset(request.socket.remotePort);
    if (fault === 'drop') return void request.socket.destroy();
    if (typeof fault === 'object' && 'answer' in fault) return answer(fault, response);
    if (typeof fault === 'object' && 'delayMs' in fault) {
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    }
    forward(fault, request, response);
  }

  function forward(fault: Fault | undefined, request: IncomingMessage, response: ServerResponse): void {
    const { method, headers, url = '' } = request;
    const onward = httpsRequest(new URL(url, target.url), { method: method ?? '', headers, agent: upstream });
    onward.on('error', () => void request.socket.destroy());
    response.on('close', () => void onward.destroy());
    onward.on('response', (answered) => {
      answered.on('error', () => void request.socket.destroy());
      if (fault === 'reset after') return line.reset(request.socket.remotePort);
      response.writeHead(answered.statusCode ?? 500, answered.headers);
      // Node would keep the head back until there is a body: on a quiet watch, for minutes.
      response.flushHeaders();
      if (typeof fault === 'object' && 'cutAfter' in fault) cut(answered, response, fault.cutAfter);
      else answered.pipe(response);
    });
    request.pipe(onward);
  }

  return {
    url: `https://127.0.0.1:${line.port}`,
    port: line.port,
    caPem: () => keys.caPem,
    requests,
    connections: () => line.counts(),
    inject(next) {
      rule = next;
    },
    heal() {
      rule = () => undefined;
    },
    blackHole: (on) => line.blackHole(on),
    resetAll: () => line.resetAll(),
    async changeCertificate() {
      keys = await makeControlPlaneKeys();
      server.setSecureContext({ key: keys.servingKeyPem, cert: keys.servingCertificatePem });
      line.resetAll();
    },
    async close() {
      await line.close();
      upstream.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}

function describeRequest({ method = '', url = '', headers }: IncomingMessage): SeenRequest {
  const token = (headers.authorization ?? '').replace('Bearer ', '');
  return { method, url, isWatch: url.includes('watch=true'), token };
}

function answer(fault: Extract<Fault, { answer: number }>, response: ServerResponse): void {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'injected', code: fault.answer };
  response.writeHead(fault.answer, { 'content-type': 'application/json', ...fault.headers });
  response.end(fault.body ?? JSON.stringify(status));
}

/** Passes so many bytes on, and then ends the connection in the middle of whatever it was. */
function cut(answered: IncomingMessage, response: ServerResponse, bytes: number): void {
  let left = bytes;
  answered.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, left);
    left -= part.length;
    if (left > 0) return void response.write(part);
    response.write(part, () => void response.socket?.destroy());
  });
  answered.on('end', () => void response.end());
}
