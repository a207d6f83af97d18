import { expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { makeAuthority, makePair } from './testing/certificates.ts';
import { createTlsServer } from './tls-server.ts';

/** What the API server keeps an idle connection for. */
const API_SERVER_IDLE_MS = 90_000;

test('the API server is always the one who closes a connection, whether it was used or not', async () => {
  const pair = await makePair(await makeAuthority('CA'));
  const server = createTlsServer({ ...pair, notAfter: 0 }, createLogger({ level: 'silent' }));
  expect(server.keepAliveTimeout).toBeGreaterThan(API_SERVER_IDLE_MS);
  expect(server.headersTimeout).toBeGreaterThan(API_SERVER_IDLE_MS);
  expect(server.requestTimeout).toBeGreaterThan(server.headersTimeout);
  expect(server.timeout).toBe(0);
});
