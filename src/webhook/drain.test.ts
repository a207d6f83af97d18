import { once } from 'node:events';
import { connect as connectPlain, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../logger.ts';
import { startWebhook } from './index.ts';
import { responseOf, reviewWith, UID } from './testing/reviews.ts';
import { keepAliveAgent, optionsFor, runWebhook, type TestWebhook, tutorialConfiguration } from './testing/running.ts';

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectPlain(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** A review whose body is sent in two parts, the second when `finish` is called. */
async function beginReview({ webhook, authority }: TestWebhook) {
  const body = reviewWith();
  const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: authority.cert });
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => {});
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(received)));
  await new Promise<void>((resolve) => socket.once('secureConnect', resolve));
  const head = `POST /inject/all HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  socket.write(head + body.slice(0, 20));
  return { finish: () => socket.write(body.slice(20)), closed };
}

async function inFlight(running: TestWebhook, count: number): Promise<void> {
  await vi.waitFor(async () =>
    expect((await running.page('/metrics')).text).toContain(`tracehook_admission_in_flight ${count}\n`),
  );
}

test('while draining it is not ready, and goes on serving, each answer the last of its connection', async () => {
  const running = await runWebhook({ options: { drainDelayMs: 300 } });
  const agent = keepAliveAgent(running.authority);
  expect((await running.call({ tls: { agent } })).headers.connection).toBe('keep-alive');
  const drained = running.webhook.drain();
  expect(await running.page('/readyz')).toMatchObject({ status: 503, text: 'shutting down\n' });
  expect((await running.page('/healthz')).status).toBe(200);
  expect(await running.call({ tls: { agent } })).toMatchObject({ status: 200, headers: { connection: 'close' } });
  expect(await running.call({ path: '/', tls: { agent } })).toMatchObject({
    status: 404,
    headers: { connection: 'close' },
  });
  await drained;
  expect(await isOpen(running.webhook.port)).toBe(false);
  expect(await isOpen(running.webhook.metricsPort)).toBe(false);
});

test('a review that has begun is finished', async () => {
  const running = await runWebhook();
  const review = await beginReview(running);
  await inFlight(running, 1);
  const drained = running.webhook.drain();
  await vi.waitFor(async () => expect(await isOpen(running.webhook.port)).toBe(false));
  review.finish();
  const [head = '', body = ''] = (await review.closed).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 200 /);
  expect(head.toLowerCase()).toContain('connection: close');
  expect(responseOf(body).uid).toBe(UID);
  await drained;
});

test('a review that does not finish is cut off at the timeout', async () => {
  const running = await runWebhook({ options: { drainTimeoutMs: 50 } });
  const review = await beginReview(running);
  await inFlight(running, 1);
  await running.webhook.drain();
  expect(await review.closed).toBe('');
});

test('a review that has arrived, and was not looked at yet, is answered', async () => {
  const running = await runWebhook({ options: { drainDelayMs: 20 } });
  const { authority, webhook } = running;
  const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: authority.cert });
  onTestFinished(() => void socket.destroy());
  const body = reviewWith();
  const request = `POST /inject/all HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  socket.write(request);
  await once(socket, 'data');
  const drained = webhook.drain();
  const received = once(socket, 'data');
  socket.write(request);
  // Until the port is due to be closed, the process has no eye for its sockets.
  const begin = performance.now();
  while (performance.now() - begin < 50);
  expect(String(await received)).toMatch(/^HTTP\/1\.1 200 /);
  await drained;
});

test('connections on which nothing was ever asked do not hold it up', async () => {
  const running = await runWebhook({ options: { drainTimeoutMs: 600_000 } });
  const { authority, webhook } = running;
  const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: authority.cert });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('secureConnect', resolve));
  const agent = keepAliveAgent(authority);
  await running.call({ tls: { agent } });
  await webhook.drain();
  await closed;
});

test('a handshake that stands still is cut off at the timeout', async () => {
  const running = await runWebhook({ options: { drainTimeoutMs: 50 } });
  const socket = connectPlain(running.webhook.port, '127.0.0.1').on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  await running.webhook.drain();
  await closed;
});

test('a second call returns the same promise', async () => {
  const { webhook } = await runWebhook();
  const first = webhook.drain();
  expect(webhook.drain()).toBe(first);
  await first;
  expect(webhook.drain()).toBe(first);
});

test('a port that is taken is an error, and the other port is not left open', async () => {
  const running = await runWebhook();
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const free = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const freePort = (free.address() as AddressInfo).port;
  await new Promise((resolve) => free.close(resolve));
  const options = optionsFor(running.folder, { port: freePort, metricsPort: port });
  const start = startWebhook(options, {
    configuration: tutorialConfiguration,
    logger: createLogger({ level: 'silent' }),
  });
  await expect(start).rejects.toThrow(`EADDRINUSE: address already in use 127.0.0.1:${port}`);
  expect(await isOpen(freePort)).toBe(false);
});
