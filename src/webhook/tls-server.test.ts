import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { makeAuthority, makePair } from './testing/certificates.ts';
import { IDLE_MS, isSpare } from '../serving/index.ts';
import { createTlsServer } from './tls-server.ts';

/** What the API server keeps an idle connection for. */
const API_SERVER_IDLE_MS = 90_000;

test('the API server is always the one who closes a connection, whether it was used or not', async () => {
  const pair = await makePair(await makeAuthority('CA'));
  const server = createTlsServer({ ...pair, notAfter: 0 }, createLogger({ level: 'silent' }));
  expect(server.keepAliveTimeout).toBeGreaterThan(API_SERVER_IDLE_MS);
  expect(IDLE_MS).toBeGreaterThan(API_SERVER_IDLE_MS);
  expect(server.timeout).toBe(0);
});

test('a connection on which nothing was sent is spare, whatever Node says of its request', () => {
  const error = Object.assign(new Error('timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  const socket = new Socket();
  expect(isSpare(error, socket)).toBe(true);
  expect(isSpare(Object.assign(new Error('parse'), { code: 'HPE_INVALID_METHOD' }), socket)).toBe(false);
});
