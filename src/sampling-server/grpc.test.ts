import { once } from 'node:events';
import { connect as connectSession, constants } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { call, exchange, message, runSampling, type TestServer } from './testing/running.ts';

const SHOP =
  '{default: {type: const, param: 1}, services: [{service: cart, type: probabilistic, param: 0.5}, {service: ads, type: ratelimiting, param: 100}]}';
const inShop = { headers: { ':authority': 'tracehook-sampling.shop.svc:5779' } };
const CART = message('0a04 63617274');
const HALF = message('0800 1209 09000000000000e03f');

async function expectServing(running: TestServer): Promise<void> {
  expect((await call(running, CART, inShop)).trailers).toMatchObject({ 'grpc-status': '0' });
}

describe('the strategy of a service, over gRPC', () => {
  test.for<[string, string, string, string]>([
    ['tracehook-sampling.shop.svc:5779', 'a service of its own', '0a0463617274', '0800 1209 09000000000000e03f'],
    ['tracehook-sampling.shop.svc:5779', 'a rate limit', '0a03616473', '0801 1a02 0864'],
    ['tracehook-sampling.shop.svc:5779', 'an unknown service', '0a0178', '0800 1209 09000000000000f03f'],
    ['tracehook-sampling.shop.svc:5779', 'no name', '', '0800 1209 09000000000000f03f'],
    ['127.0.0.1:5779', 'no namespace', '0a0463617274', '0800 1209 09fca9f1d24d62503f'],
  ])('at %s, %s', async ([authority, _name, question, expected]) => {
    const running = await runSampling({ shop: SHOP });
    const answer = await call(running, message(question), { headers: { ':authority': authority } });
    expect(answer).toMatchObject({
      headers: { ':status': 200, 'content-type': 'application/grpc' },
      trailers: { 'grpc-status': '0' },
      rst: constants.NGHTTP2_NO_ERROR,
    });
    expect(answer.body.toString('hex')).toBe(message(expected).toString('hex'));
  });

  test('follows the configuration at once, on the same connection', async () => {
    const running = await runSampling({ shop: SHOP });
    const session = connectSession(running.server.urls.grpc);
    const rates: string[] = [];
    for (const param of ['0.5', '0.25']) {
      running.configure({ shop: `{services: [{service: cart, type: probabilistic, param: ${param}}]}` });
      const stream = session.request({
        ':method': 'POST',
        ':path': '/jaeger.api_v2.SamplingManager/GetSamplingStrategy',
        'content-type': 'application/grpc+proto',
        'grpc-timeout': '1S',
        ...inShop.headers,
      });
      stream.end(CART);
      const [chunk] = await once(stream, 'data');
      rates.push(String(chunk.readDoubleLE(10)));
    }
    session.close();
    expect(rates).toEqual(['0.5', '0.25']);
  });

  test('is the same when the message comes in pieces', async () => {
    const running = await runSampling({ shop: SHOP });
    const session = connectSession(running.server.urls.grpc);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/jaeger.api_v2.SamplingManager/GetSamplingStrategy',
      'content-type': 'application/grpc',
      ...inShop.headers,
    });
    for (const byte of CART) stream.write(Buffer.of(byte));
    stream.end();
    const [chunk] = await once(stream, 'data');
    session.destroy();
    expect(chunk).toEqual(HALF);
  });
});

describe('what is no call', () => {
  const refused = (status: number, text: string) => ({
    ':status': 200,
    'grpc-status': String(status),
    'grpc-message': text,
  });
  test.for<[string, Buffer, Record<string, string>, Record<string, unknown>]>([
    [
      'another method of gRPC',
      CART,
      { ':path': '/grpc.health.v1.Health/Check' },
      refused(12, 'the one method is /jaeger.api_v2.SamplingManager/GetSamplingStrategy'),
    ],
    ['GET', Buffer.alloc(0), { ':method': 'GET' }, { ':status': 405, allow: 'POST' }],
    ['another content type', CART, { 'content-type': 'application/json' }, { ':status': 415 }],
    ['gRPC with JSON', CART, { 'content-type': 'application/grpc+json' }, { ':status': 415 }],
    ['no message', Buffer.alloc(0), {}, refused(13, 'message: must be there once, is missing or cut off')],
    ['half a prefix', Buffer.of(0, 0), {}, refused(13, 'message: must be there once, is missing or cut off')],
    [
      'a message that is cut off',
      CART.subarray(0, 8),
      {},
      refused(13, 'message: must be as long as it says, is cut off'),
    ],
    [
      'two messages',
      Buffer.concat([CART, CART]),
      {},
      refused(13, 'message: must be there once, is followed by something'),
    ],
    [
      'a compressed message',
      Buffer.concat([Buffer.of(1), CART.subarray(1)]),
      { 'grpc-encoding': 'gzip' },
      { ...refused(12, 'message: must not be compressed, is'), 'grpc-accept-encoding': 'identity' },
    ],
    [
      'a prefix that does not exist',
      Buffer.concat([Buffer.of(7), CART.subarray(1)]),
      {},
      refused(13, 'message: must begin with 0 or 1, begins with 7'),
    ],
    [
      'a message that cannot be read',
      message('ff'),
      {},
      refused(13, 'message: must be jaeger.api_v2.SamplingStrategyParameters, cannot be read as such'),
    ],
    [
      'a message that is too long',
      message('00'.repeat(16 * 1024 + 1)),
      {},
      refused(8, 'message: must be at most 16384 bytes, is longer'),
    ],
    [
      'a timeout that is none',
      CART,
      { 'grpc-timeout': '1s' },
      refused(13, 'grpc-timeout: must be up to eight digits and one of H, M, S, m, u, n'),
    ],
  ])('%s', async ([_name, body, headers, expected]) => {
    const running = await runSampling({ shop: SHOP });
    const answer = await call(running, body, { headers });
    expect(answer.headers).toMatchObject(expected);
    expect(answer.body).toHaveLength(0);
    await expectServing(running);
  });

  test('a message that says that it is too long is refused before it has come', async () => {
    const running = await runSampling({ shop: SHOP });
    const answer = await call(running, Buffer.of(0, 0xff, 0xff, 0xff, 0xff), { open: true });
    expect(answer).toMatchObject({ headers: { 'grpc-status': '8' }, rst: constants.NGHTTP2_NO_ERROR });
  });

  test.for<[string, Record<string, string>]>([
    ["the caller's time", { 'grpc-timeout': '50m' }],
    ['our patience', { 'grpc-timeout': '99999999H' }],
  ])('a message that does not come within %s', async ([_name, headers]) => {
    const running = await runSampling({ shop: SHOP });
    const answer = await call(running, CART.subarray(0, 6), { headers, open: true });
    expect(answer.headers).toMatchObject(refused(4, 'message: must be complete in time, is not'));
    await expectServing(running);
  });

  test('a configuration that fails is told, and the next call is served', async () => {
    let broken = true;
    const running = await runSampling({ shop: SHOP }, (current) => {
      if (broken) throw new Error('lost');
      return current;
    });
    expect((await call(running, CART)).headers).toMatchObject(refused(13, 'Tracehook failed to make an answer'));
    expect(await running.metrics()).toContain('{endpoint="grpc",outcome="failed"} 1\n');
    broken = false;
    await expectServing(running);
  });
});

describe('what is hostile ends, and the server goes on', () => {
  const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
  const frame = (length: number, type: number, flags: number, stream: number, payload = '') => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, Buffer.from(payload, 'latin1')]).toString('latin1');
  };
  const SETTINGS = frame(0, 4, 0, 0);
  const HOSTILE: Readonly<Record<string, string>> = {
    'nothing at all': '',
    'HTTP/1.1': 'GET /sampling?service=a HTTP/1.1\r\nHost: a\r\n\r\n',
    'half a preface': PREFACE.slice(0, 10),
    'a preface and nothing else': PREFACE + SETTINGS,
    'noise behind the preface': PREFACE + SETTINGS + '\xff'.repeat(1000),
    'a frame that is too long': PREFACE + SETTINGS + frame(0xff_ff_ff, 0, 0, 1),
    'headers that cannot be read': PREFACE + SETTINGS + frame(4, 1, 4, 1, '\xff\xff\xff\xff'),
    'headers without an end': PREFACE + SETTINGS + frame(1, 1, 0, 1, '\x83') + frame(1, 9, 0, 1, '\x84').repeat(50),
    'data of a stream that is not there': PREFACE + SETTINGS + frame(3, 0, 1, 1, 'abc'),
  };
  test('silence, other protocols and frames that make no sense', async () => {
    const running = await runSampling({ shop: SHOP });
    // Each resolves when the server has ended its connection.
    await Promise.all(
      Object.values(HOSTILE).map((bytes) => exchange(running.server.urls.grpc, Buffer.from(bytes, 'latin1'))),
    );
    await expectServing(running);
  });

  test('streams that are opened and reset at once', async () => {
    const running = await runSampling({ shop: SHOP });
    const session = connectSession(running.server.urls.grpc);
    session.on('error', () => undefined);
    await once(session, 'connect');
    for (let count = 0; count < 2_000 && !session.destroyed; count += 1) {
      const stream = session.request({ ':method': 'POST', ':path': '/x' });
      stream.on('error', () => undefined);
      stream.close(constants.NGHTTP2_CANCEL);
    }
    await expectServing(running);
    session.destroy();
  });

  test('an answer that is not read', async () => {
    const running = await runSampling({ shop: SHOP });
    const session = connectSession(running.server.urls.grpc, { settings: { initialWindowSize: 0 } });
    session.on('error', () => undefined);
    await once(session, 'remoteSettings');
    const stream = session.request({
      ':method': 'POST',
      ':path': '/jaeger.api_v2.SamplingManager/GetSamplingStrategy',
      'content-type': 'application/grpc',
    });
    stream.on('error', () => undefined).end(CART);
    await once(session, 'close');
    expect(await running.metrics()).toContain('{port="grpc",cause="unread"} 1\n');
    await expectServing(running);
  });
});

test('calls that have begun are answered when the server stops', async () => {
  const running = await runSampling({ shop: SHOP });
  const session = connectSession(running.server.urls.grpc);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/jaeger.api_v2.SamplingManager/GetSamplingStrategy',
    'content-type': 'application/grpc',
    ...inShop.headers,
  });
  stream.write(CART.subarray(0, 3));
  await once(session, 'remoteSettings');
  // What is answered after it was sent after it.
  await new Promise((resolve) => void session.ping(resolve));
  const stopped = running.server.stop();
  stream.end(CART.subarray(3));
  const [chunk] = await once(stream, 'data');
  expect(chunk).toEqual(HALF);
  await stopped;
  expect(running.server.stop()).toBe(stopped);
});
