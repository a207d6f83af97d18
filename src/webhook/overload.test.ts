import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { reviewWith } from './testing/reviews.ts';
import { runWebhook, type TestSetup, type TestWebhook, tutorialConfiguration } from './testing/running.ts';

/** The process, and with it the webhook, has no eye for its sockets for so long. */
function block(ms: number): void {
  const begin = performance.now();
  while (performance.now() - begin < ms);
}

async function openConnection({ authority, webhook }: TestWebhook): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: authority.cert });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

/** Sends a review; resolves with the first line of its answer, or with `closed`. */
function post(socket: TLSSocket, timeout = '30s'): Promise<string> {
  const body = reviewWith();
  const head = `POST /inject/all?timeout=${timeout} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json`;
  socket.write(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  return new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(String(chunk).split('\r\n', 1)[0] ?? ''));
    socket.once('close', () => resolve('closed'));
  });
}

async function used(running: TestWebhook): Promise<TLSSocket> {
  const socket = await openConnection(running);
  expect(await post(socket)).toBe('HTTP/1.1 200 OK');
  return socket;
}

async function shedOf(running: TestWebhook): Promise<Record<string, number>> {
  const { text } = await running.page('/metrics');
  const series = text.matchAll(/^tracehook_admission_shed_total\{cause="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...series].map(([, cause = '', count]) => [cause, Number(count)]));
}

const NONE = { connection: 0, queue: 0, deadline: 0 };

test('a request that has waited too long for its deadline is closed unread, and counted', async () => {
  const running = await runWebhook();
  expect(await shedOf(running)).toEqual(NONE);
  const socket = await used(running);
  const answer = post(socket, '1s');
  block(900);
  expect(await answer).toBe('closed');
  expect(await shedOf(running)).toEqual({ ...NONE, queue: 1 });
});

test('with a longer deadline it is answered', async () => {
  const running = await runWebhook();
  const socket = await used(running);
  const answer = post(socket);
  block(900);
  expect(await answer).toBe('HTTP/1.1 200 OK');
  expect(await shedOf(running)).toEqual(NONE);
});

/** The first decision takes so long. */
function slowOnce(ms: number): TestSetup {
  const configuration = tutorialConfiguration();
  let isFirst = true;
  return {
    dependencies: {
      configuration() {
        if (isFirst) block(ms);
        isFirst = false;
        return configuration;
      },
    },
  };
}

test('an answer that would come too late is not sent, and its decision is not counted', async () => {
  const running = await runWebhook(slowOnce(950));
  expect(await post(await openConnection(running), '1s')).toBe('closed');
  expect(await shedOf(running)).toEqual({ ...NONE, deadline: 1 });
  expect((await running.page('/metrics')).text).toContain(
    'tracehook_admission_decisions_total{outcome="injected",reason="Injected"} 0\n',
  );
  expect(await post(await openConnection(running))).toBe('HTTP/1.1 200 OK');
});

test('a connection that was idle, or never used, has made nobody wait', async () => {
  const running = await runWebhook();
  const [idle, spare] = [await used(running), await openConnection(running)];
  await sleep(1_100);
  expect(await Promise.all([post(idle, '2s'), post(spare, '2s')])).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
  expect(await shedOf(running)).toEqual(NONE);
});

test('a connection that is dialled after a quiet time has made nobody wait', async () => {
  const running = await runWebhook();
  expect(await post(await openConnection(running), '2s')).toBe('HTTP/1.1 200 OK');
  await sleep(1_100);
  const answers = Array.from({ length: 10 }, async () => post(await openConnection(running), '2s'));
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200 OK']));
  expect(await shedOf(running)).toEqual(NONE);
});

test('a call that waited for its handshake has waited since it dialled', async () => {
  const running = await runWebhook();
  // The last deadline that was seen is taken for that of a new connection.
  await post(await openConnection(running), '1s');
  const socket = connect({ host: '127.0.0.1', port: running.webhook.port, ca: running.authority.cert });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  block(900);
  // Written before the handshake is done, as by a caller that has waited for it.
  expect(await post(socket, '1s')).toBe('closed');
  await vi.waitFor(async () => {
    const { connection, queue } = await shedOf(running);
    expect((connection ?? 0) + (queue ?? 0)).toBe(1);
  });
});

test('many calls on new connections at the same time are all answered, in turn', async () => {
  const running = await runWebhook();
  const answers = Array.from({ length: 100 }, async () => post(await openConnection(running)));
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200 OK']));
  expect(await shedOf(running)).toEqual(NONE);
});
