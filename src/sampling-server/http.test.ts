import { describe, expect, test } from 'vitest';
import { ask, exchange, runSampling } from './testing/running.ts';

const CLUSTER =
  '{default: {type: probabilistic, param: 0.1}, services: [{service: cart, type: ratelimiting, param: 5}]}';
const SHOP = '{default: {type: const, param: 1}, services: [{service: cart, type: probabilistic, param: 0.5}]}';
const share = (samplingRate: number) =>
  `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":${samplingRate}}}`;
const LIMIT = '{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":5}}';
const inShop = { headers: { Host: 'tracehook-sampling.shop.svc:5778' } };

describe('the strategy of a service', () => {
  test.for<[string, string, string]>([
    ['tracehook-sampling.shop.svc:5778', '/sampling?service=cart', share(0.5)],
    ['tracehook-sampling.shop.svc.cluster.local', '/sampling?service=cart', share(0.5)],
    ['tracehook-sampling.shop', '/sampling?service=other', share(1)],
    ['tracehook-sampling.shop.svc:5778', '/?service=cart', share(0.5)],
    ['127.0.0.1', 'http://tracehook-sampling.shop.svc:5778?service=cart', share(0.5)],
    ['tracehook-sampling.shop.svc:5778', '/sampling?x=1&service=ca%72t', share(0.5)],
    ['127.0.0.1', 'http://tracehook-sampling.shop.svc/sampling?service=cart', share(0.5)],
    ['tracehook-sampling.unknown.svc', '/sampling?service=cart', LIMIT],
    ['127.0.0.1:5778', '/sampling?service=cart', LIMIT],
    ['tracehook-sampling.shop.svc', '/sampling?service=', share(1)],
    ['', '/sampling?service=other', share(0.1)],
  ])('at %s, %s', async ([host, path, expected]) => {
    const running = await runSampling({ cluster: CLUSTER, shop: SHOP });
    const answer = await ask(running, path, { headers: { Host: host } });
    expect(answer).toMatchObject({
      status: 200,
      text: expected,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
    });
  });

  test('follows the configuration at once', async () => {
    const running = await runSampling({ shop: SHOP });
    expect((await ask(running, '/sampling?service=cart', inShop)).text).toBe(share(0.5));
    running.configure({ shop: '{services: [{service: cart, type: const, param: 0}]}' });
    expect((await ask(running, '/sampling?service=cart', inShop)).text).toBe(share(0));
    running.configure({});
    expect((await ask(running, '/sampling?service=cart', inShop)).text).toBe(share(0.001));
  });

  test('HEAD has the same headers and no body', async () => {
    const running = await runSampling({ shop: SHOP });
    const answer = await ask(running, '/sampling?service=cart', { ...inShop, method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, text: '', headers: { 'content-length': String(share(0.5).length) } });
  });
});

describe('the strategies of the cluster', () => {
  test("are a file of Jaeger's", async () => {
    const running = await runSampling({
      cluster: CLUSTER,
      shop: '{services: [{service: ads, type: const, param: 1}]}',
    });
    const answer = await ask(running, '/strategies');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({
      default_strategy: { type: 'probabilistic', param: 0.1 },
      service_strategies: [
        { service: 'ads', type: 'probabilistic', param: 1 },
        { service: 'cart', type: 'ratelimiting', param: 5 },
      ],
    });
  });

  test('need not be sent again to whoever has them', async () => {
    const running = await runSampling({ cluster: CLUSTER });
    const { headers } = await ask(running, '/strategies');
    const etag = headers.etag ?? '';
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (const tags of [etag, `"other", W/${etag}`, '*']) {
      const answer = await ask(running, '/strategies', { headers: { 'If-None-Match': tags } });
      expect(answer).toMatchObject({ status: 304, text: '', headers: { etag } });
    }
    expect((await ask(running, '/strategies', { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
    running.configure({ cluster: '{default: {type: const, param: 1}}' });
    const changed = await ask(running, '/strategies', { headers: { 'If-None-Match': etag } });
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(etag);
    running.configure({ cluster: CLUSTER });
    expect((await ask(running, '/strategies')).headers.etag).toBe(etag);
  });
});

describe('what is no question', () => {
  test.for<[string, string, number, string]>([
    ['GET', '/sampling', 400, 'query parameter service: must be given once (/sampling?service=checkout), is missing'],
    ['GET', '/', 400, 'query parameter service: must be given once (/sampling?service=checkout), is missing'],
    [
      'GET',
      '/sampling?service=a&service=b',
      400,
      'query parameter service: must be given once (/sampling?service=checkout), is given more than once',
    ],
    [
      'GET',
      '/baggageRestrictions',
      404,
      'path: must be /sampling, /, /strategies, /healthz, is "/baggageRestrictions"',
    ],
    ['POST', '/sampling?service=a', 405, 'method: must be GET or HEAD, is "POST"'],
    ['DELETE', '/strategies', 405, 'method: must be GET or HEAD, is "DELETE"'],
  ])('%s %s: %d', async ([method, path, status, error]) => {
    const running = await runSampling({});
    const answer = await ask(running, path, { method });
    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(answer.text)).toEqual({ error });
  });

  test('a configuration that fails is told, and the next request is served', async () => {
    let broken = true;
    const running = await runSampling({}, (current) => {
      if (broken) throw new Error('lost');
      return current;
    });
    const answer = await ask(running, '/sampling?service=a');
    expect(answer).toMatchObject({ status: 500, text: '{"error":"Tracehook failed to make an answer"}' });
    expect(running.lines.join('')).toContain('"error":"lost"');
    broken = false;
    expect((await ask(running, '/sampling?service=a')).status).toBe(200);
  });

  test('/healthz answers as long as anything can', async () => {
    const running = await runSampling({});
    expect(await ask(running, '/healthz')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  });
});

describe('what is hostile ends, and the server goes on', () => {
  const HOSTILE: readonly [name: string, bytes: string, answer: RegExp][] = [
    ['nothing at all', '', /^$/],
    ['half a head', 'GET /sampling?service=a HTTP/1.1\r\nHo', /^HTTP\/1\.1 408 /],
    ['what is not HTTP', '\0\0\0 PRI * \r\n\r\n', /^HTTP\/1\.1 400 [^]*must be HTTP\/1\.1/],
    ['a head that is too long', `GET /?service=${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ['a body without an end', 'GET /?service=a HTTP/1.1\r\nContent-Length: 9\r\n\r\n', /^HTTP\/1\.1 200 [^]*close/i],
    ['no Host', 'GET /?service=a HTTP/1.1\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 200 /],
    ['HTTP/1.0', 'GET /sampling?service=a HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 200 /],
    ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 404 /],
  ];
  test('silence, other protocols and requests that make no sense', async () => {
    const running = await runSampling({});
    await Promise.all(
      HOSTILE.map(async ([name, bytes, answer]) => {
        expect(await exchange(running.server.urls.http, bytes), name).toMatch(answer);
      }),
    );
    expect((await ask(running, '/sampling?service=a')).status).toBe(200);
  });
});

test('requests are counted by what was asked and what came of it', async () => {
  const running = await runSampling({ cluster: CLUSTER });
  const { headers } = await ask(running, '/strategies');
  await ask(running, '/strategies', { headers: { 'If-None-Match': headers.etag ?? '' } });
  for (const path of ['/sampling?service=cart', '/?service=x', '/?service=y', '/sampling', '/nowhere'])
    await ask(running, path);
  const text = await running.metrics();
  const counted = text
    .split('\n')
    .filter((line) => line.startsWith('tracehook_sampling_requests_total') && !line.endsWith(' 0'));
  expect(counted).toEqual([
    'tracehook_sampling_requests_total{endpoint="http",outcome="service"} 1',
    'tracehook_sampling_requests_total{endpoint="http",outcome="default"} 2',
    'tracehook_sampling_requests_total{endpoint="http",outcome="refused"} 1',
    'tracehook_sampling_requests_total{endpoint="strategies",outcome="answered"} 1',
    'tracehook_sampling_requests_total{endpoint="strategies",outcome="unchanged"} 1',
    'tracehook_sampling_requests_total{endpoint="other",outcome="refused"} 1',
  ]);
});
