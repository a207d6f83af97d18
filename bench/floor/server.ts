/**
 * The floor: the least that a webhook in Node can do. A bare https server that parses the review and answers `allowed: true`;
 * no routes, no limits, no decision, no log line. What is above it in a comparison is the price of everything else.
 *
 * With a patch as its third argument it gives every review that one: the least that a webhook can do which changes Pods.
 */
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';

const [, , certFile = '', keyFile = '', patch] = process.argv;
const change = patch === undefined ? {} : { patchType: 'JSONPatch', patch };

function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { request: { uid: string } };
    const text = JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: review.request.uid, allowed: true, ...change },
    });
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    response.end(text);
  });
}

/** The process's own accounting, in the words of Prometheus' clients. */
function metrics(_request: IncomingMessage, response: ServerResponse): void {
  const { user, system } = process.cpuUsage();
  response.end(
    `process_cpu_seconds_total ${(user + system) / 1e6}\nprocess_resident_memory_bytes ${process.memoryUsage.rss()}\n`,
  );
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile), minVersion: 'TLSv1.2' } as const;
// The same as ours, since Node's 5 s would close connections between two calls.
const server = createServer({ ...pair, keepAliveTimeout: 100_000 }, answer);
const [port, metricsPort] = await Promise.all([listen(server), listen(createPlainServer(metrics))]);
const url = `https://127.0.0.1:${port}`;
process.stdout.write(`${JSON.stringify({ url, metricsUrl: `http://127.0.0.1:${metricsPort}` })}\n`);
