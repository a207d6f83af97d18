import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect as connectSession, constants, type OutgoingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';
import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { createLogger } from '../../logger.ts';
import { type Configuration, configurationOf, readDocuments } from '../../settings/index.ts';
import { createSamplingMetrics, type RunningSamplingServer, startSamplingServer } from '../index.ts';

const API = 'apiVersion: tracehook.io/v1alpha1';

/** `sampling` of the cluster and of namespaces, in YAML's flow style; what is absent has no document. */
export type SamplingOf = Readonly<Record<string, string>> & { readonly cluster?: string };

/** A configuration that says nothing but how much is sampled. */
export function configurationWith({ cluster, ...namespaces }: SamplingOf): Configuration {
  const documents = [
    ...(cluster === undefined
      ? []
      : [`{${API}, kind: ClusterTracingConfig, metadata: {name: default}, spec: {sampling: ${cluster}}}`]),
    ...Object.entries(namespaces).map(
      ([namespace, sampling]) =>
        `{${API}, kind: TracingConfig, metadata: {name: default, namespace: ${namespace}}, spec: {sampling: ${sampling}}}`,
    ),
  ];
  const read = readDocuments(documents.map((text) => ({ where: 'test', value: parse(text) as unknown })));
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return configurationOf(read.documents);
}

export interface TestServer {
  readonly server: RunningSamplingServer;
  /** Puts another configuration in force. */
  readonly configure: (sampling: SamplingOf) => void;
  /** The text of /metrics. */
  readonly metrics: () => Promise<string>;
  readonly lines: readonly string[];
}

/** A sampling server on free loopback ports, stopped when the test is over. */
export async function runSampling(
  sampling: SamplingOf,
  source: (current: Configuration) => Configuration = (current) => current,
): Promise<TestServer> {
  let current = configurationWith(sampling);
  const lines: string[] = [];
  const registry = new Registry();
  const server = await startSamplingServer({
    configuration: () => source(current),
    host: '127.0.0.1',
    httpPort: 0,
    grpcPort: 0,
    logger: createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } }),
    metrics: createSamplingMetrics(registry),
  });
  onTestFinished(() => server.stop());
  return {
    server,
    configure(changed) {
      current = configurationWith(changed);
    },
    metrics: () => registry.metrics(),
    lines,
  };
}

interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request on a connection of its own. */
export async function ask(
  { server }: TestServer,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<HttpAnswer> {
  const { hostname, port } = new URL(server.urls.http);
  const sent = request({ hostname, port, path, method, headers, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

export interface GrpcAnswer {
  readonly headers: Record<string, unknown>;
  readonly trailers: Record<string, unknown>;
  readonly body: Buffer;
  /** Code of HTTP/2 with which the stream ended. */
  readonly rst: number;
}

/** One call on a connection of its own, with `body` as it is. `open`: the caller's end stays open. */
export async function call(
  { server }: TestServer,
  body: Buffer,
  { headers = {}, open = false }: { headers?: OutgoingHttpHeaders; open?: boolean } = {},
): Promise<GrpcAnswer> {
  const session = connectSession(server.urls.grpc);
  session.on('error', () => undefined);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/jaeger.api_v2.SamplingManager/GetSamplingStrategy',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => undefined);
  const answer = { headers: {}, trailers: {}, chunks: [] as Buffer[] };
  stream.on('response', (received) => void (answer.headers = received));
  stream.on('trailers', (received) => void (answer.trailers = received));
  stream.on('data', (chunk: Buffer) => void answer.chunks.push(chunk));
  if (open) stream.write(body);
  // A GET has ended by itself.
  else if (!stream.writableEnded) stream.end(body);
  await once(stream, 'close');
  session.destroy();
  const { headers: head, trailers, chunks } = answer;
  return {
    headers: head,
    trailers,
    body: Buffer.concat(chunks),
    rst: stream.rstCode ?? constants.NGHTTP2_NO_ERROR,
  };
}

/** A message of gRPC, from hexadecimal digits. */
export function message(hex: string): Buffer {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

/** Sends bytes, and resolves with all that came when the other side has closed the connection. */
export function exchange(url: string, bytes: Buffer | string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let received = '';
    socket.on('data', (chunk) => void (received += chunk.toString('latin1')));
    socket.on('error', () => undefined).on('close', () => resolve(received));
  });
}
