import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { podWith, responseOf, reviewWith, SECRET_TEXT, UID } from './testing/reviews.ts';
import { exchangeRaw, keepAliveAgent, runWebhook, type TestWebhook } from './testing/running.ts';

const EIGHT_MIB = Buffer.alloc(8 * 1024 * 1024, 'x');
const TOO_LARGE = '{"error":"body: must be at most 4194304 bytes, is longer"}';

describe('a body that is too large: 413, and the connection is closed', () => {
  test('with a Content-Length', async () => {
    const { call } = await runWebhook();
    const answer = await call({ body: EIGHT_MIB, headers: { 'Content-Length': EIGHT_MIB.length } });
    expect(answer).toMatchObject({ status: 413, text: TOO_LARGE, headers: { connection: 'close' } });
  });

  test('without one', async () => {
    const { call } = await runWebhook();
    const answer = await call({ body: EIGHT_MIB, headers: { 'Transfer-Encoding': 'chunked' } });
    expect(answer).toMatchObject({ status: 413, text: TOO_LARGE, headers: { connection: 'close' } });
  });

  test('that is announced and never sent', async () => {
    const running = await runWebhook();
    const head =
      'POST /inject/all?timeout=50ms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 8388608\r\n\r\n';
    expect(await exchangeRaw(running, head)).toMatch(
      /^HTTP\/1\.1 413 [^]*Connection: close[^]*body: must be at most 4194304 bytes/i,
    );
  });

  test('a body of 4 MiB exactly is read', async () => {
    const { call } = await runWebhook();
    const review = reviewWith();
    const answer = await call({ body: review + ' '.repeat(4 * 1024 * 1024 - Buffer.byteLength(review)) });
    expect(answer.status).toBe(200);
  });
});

describe('a body that is not complete by the deadline: 408, and the connection is closed', () => {
  const head = 'HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"kind"';

  test('the deadline is the one in the query', async () => {
    const running = await runWebhook();
    const received = await exchangeRaw(running, `POST /inject/all?timeout=50ms ${head}`);
    expect(received).toMatch(/^HTTP\/1\.1 408 [^]*Connection: close/i);
    expect(received.split('\r\n\r\n')[1]).toBe('{"error":"body: must be complete within 50 ms, is not"}');
    expect((await running.page('/metrics')).text).toContain('tracehook_admission_refused_total{code="408"} 1\n');
  });

  test('a body of which nobody reads anything ends the connection behind the answer', async () => {
    const running = await runWebhook();
    const received = await exchangeRaw(running, `POST /elsewhere ${head}`);
    expect(received).toMatch(/^HTTP\/1\.1 404 [^]*Connection: close/i);
  });

  test('without one it is the configured one', async () => {
    const running = await runWebhook({ options: { requestTimeoutMs: 40 } });
    expect(await exchangeRaw(running, `POST /inject/all ${head}`)).toContain('within 40 ms');
  });
});

describe('no connection can hurt the process', () => {
  async function expectServing(running: TestWebhook): Promise<void> {
    expect((await running.call({})).status).toBe(200);
    expect((await running.page('/metrics')).text).toContain('tracehook_admission_in_flight 0\n');
  }

  /** Sends bytes without TLS, and waits for the end of the connection. */
  function sendPlain(port: number, bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('error', () => {});
      socket.resume().on('close', () => resolve());
    });
  }

  test.each([
    ['plain HTTP', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['garbage', Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5, 6])],
  ])('%s on the TLS port ends the connection', async (_name, bytes) => {
    const running = await runWebhook();
    await sendPlain(running.webhook.port, bytes);
    await expectServing(running);
  });

  test('a caller that hangs up in the middle of a handshake, or of a body, is forgotten', async () => {
    const running = await runWebhook();
    await new Promise<void>((resolve) => {
      const socket = connect(running.webhook.port, '127.0.0.1', () => socket.resetAndDestroy());
      socket.on('close', () => resolve());
    });
    const agent = keepAliveAgent(running.authority);
    await running.call({ tls: { agent } });
    const call = running.call({ tls: { agent }, headers: { 'Content-Length': 100_000 }, body: '{' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    agent.destroy();
    await expect(call).rejects.toThrow();
    await expectServing(running);
  });

  test.each([
    ['what is not HTTP: 400', 'HELLO\r\n\r\n', 400, 'request: must be HTTP/1.1, cannot be read as such'],
    [
      'endless headers: 431',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers: must be at most 16384 bytes, are longer',
    ],
  ])('%s', async (_name, text, code, error) => {
    const running = await runWebhook();
    const received = await exchangeRaw(running, text);
    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${code} `));
    expect(received.split('\r\n\r\n')[1]).toBe(JSON.stringify({ error }));
    await expectServing(running);
  });
});

test('reviews follow each other on one connection, each answered with its own UID', async () => {
  const running = await runWebhook();
  const agent = keepAliveAgent(running.authority);
  const uids = Array.from({ length: 20 }, (_, index) => `uid-${index}`);
  const answers = await Promise.all(uids.map((uid) => running.call({ body: reviewWith({ uid }), tls: { agent } })));
  expect(answers.map(({ text }) => responseOf(text).uid)).toEqual(uids);
  for (const { headers } of answers)
    expect(headers).toMatchObject({ connection: 'keep-alive', 'keep-alive': 'timeout=100' });
});

test('a request that comes before the one in front of it is answered ends the connection, and is counted', async () => {
  const running = await runWebhook();
  const received = await exchangeRaw(running, 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3));
  expect(received.match(/HTTP\/1\.1/g)?.length ?? 0).toBeLessThan(2);
  expect((await running.page('/metrics')).text).toContain('tracehook_connections_closed_total{cause="pipelined"} 1\n');
});

describe('a dry run', () => {
  test('is answered like any other, and leaves no line and no count but that of a request', async () => {
    const { call, page, lines } = await runWebhook();
    const dry = await call({ body: reviewWith({ dryRun: true }) });
    expect(lines).toEqual([]);
    const text = (await page('/metrics')).text;
    expect(text).toContain('tracehook_admission_decisions_total{outcome="injected",reason="Injected"} 0\n');
    expect(text).toContain('tracehook_admission_duration_seconds_count 1\n');
    expect(dry.text).toBe((await call({ body: reviewWith({ dryRun: false }) })).text);
  });
});

describe('log lines', () => {
  test('of an injected Pod have its names, and nothing of what is in it', async () => {
    const { call, lines } = await runWebhook();
    const annotations = {
      'tracehook.io/inject': 'true',
      note: SECRET_TEXT,
      'tracehook.io/containers': `app,${SECRET_TEXT}`,
    };
    await call({ body: reviewWith({ object: podWith({ annotations }) }), headers: { Authorization: SECRET_TEXT } });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      uid: UID,
      namespace: 'production',
      generateName: 'shop-6d5f7c9b84-',
      reason: 'Injected',
      mode: 'env',
      containers: ['app'],
      durationMs: expect.any(Number) as number,
      msg: 'Pod injected',
    });
    expect(lines.join('')).not.toContain(SECRET_TEXT);
  });

  test('name at most twenty containers', async () => {
    const { call, lines } = await runWebhook();
    const containers = Array.from({ length: 30 }, (_, index) => ({ name: `c${index}`, image: 'a' }));
    await call({ body: reviewWith({ object: podWith({ containers }) }) });
    expect((JSON.parse(lines[0] ?? '') as { containers: string[] }).containers).toHaveLength(20);
  });

  test('of skips and refusals have no values either', async () => {
    const { call, lines } = await runWebhook();
    const invalid = podWith({ annotations: { 'tracehook.io/inject': SECRET_TEXT.toUpperCase() } });
    await call({ body: reviewWith({ object: invalid }) });
    await call({
      body: reviewWith({
        object: podWith({ containers: [{ name: 'a', env: [{ name: 'A', value: [SECRET_TEXT] }] }] }),
      }),
    });
    await call({ body: `{"password": ${SECRET_TEXT}` });
    const told = lines.map((line) => JSON.parse(line) as { reason?: string; msg: string });
    expect(told.map(({ reason, msg }) => reason ?? msg)).toEqual([
      'InvalidAnnotation',
      'InvalidPod',
      'a request was refused with 400',
    ]);
    expect(lines.join('').toLowerCase()).not.toContain(SECRET_TEXT);
  });

  test('of a failure have the UID and our own error', async () => {
    const configuration = () => {
      throw new Error('settings are not there');
    };
    const { call, page, lines } = await runWebhook({ dependencies: { configuration } });
    const answer = await call({});
    expect(responseOf(answer.text)).toMatchObject({
      uid: UID,
      allowed: true,
      auditAnnotations: { reason: 'InternalError' },
    });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'error', uid: UID, error: 'settings are not there' });
    expect(lines[0]).not.toContain(SECRET_TEXT);
    const text = (await page('/metrics')).text;
    expect(text).toContain('tracehook_admission_decisions_total{outcome="failed",reason="InternalError"} 1\n');
  });
});

describe('the plain port', () => {
  const reasons: string[] = [];
  afterEach(() => void reasons.splice(0));

  test('answers /healthz, /readyz and /metrics, and nothing else', async () => {
    const { page } = await runWebhook();
    expect(await page('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await page('/readyz?verbose')).toMatchObject({ status: 200, text: 'ok\n' });
    const metrics = await page('/metrics');
    expect(metrics.status).toBe(200);
    expect(metrics.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(metrics.text).toContain('process_cpu_seconds_total');
    expect(await page('/inject/all')).toMatchObject({
      status: 404,
      text: 'must be one of /healthz, /readyz, /metrics\n',
    });
  });

  test('is read, not written', async () => {
    const { webhook } = await runWebhook();
    const answer = await fetch(`${webhook.metricsUrl}/readyz`, { method: 'POST', headers: { Connection: 'close' } });
    expect([answer.status, answer.headers.get('allow'), await answer.text()]).toEqual([
      405,
      'GET, HEAD',
      'must be GET or HEAD\n',
    ]);
  });

  test('is not ready for the reason that the program gives', async () => {
    const { page } = await runWebhook({ dependencies: { ready: () => reasons[0] } });
    expect((await page('/readyz')).status).toBe(200);
    reasons.push('the configuration has not been loaded');
    expect(await page('/readyz')).toMatchObject({ status: 503, text: 'the configuration has not been loaded\n' });
    expect((await page('/healthz')).status).toBe(200);
  });

  test('counts decisions by outcome and reason, and measures from half a millisecond on', async () => {
    const { call, page } = await runWebhook();
    await call({});
    await call({ body: reviewWith({ object: podWith({ annotations: {} }) }) });
    const { text } = await page('/metrics');
    expect(text).toContain('tracehook_admission_decisions_total{outcome="injected",reason="Injected"} 1\n');
    expect(text).toContain('tracehook_admission_decisions_total{outcome="skipped",reason="NotRequested"} 1\n');
    expect(text).toContain('tracehook_admission_decisions_total{outcome="unchanged",reason="AlreadyInjected"} 0\n');
    expect(text).toContain('tracehook_admission_duration_seconds_bucket{le="0.0005"}');
    expect(text).toContain('tracehook_admission_duration_seconds_bucket{le="5"} 2\n');
    expect(text).not.toContain('production');
  });
});
