/**
 * A caller with the API server's habits, for load: HTTP/1.1 over TLS on a pool of kept-alive connections, `?timeout=` in the
 * query, no call is ever repeated.
 *
 *   driver.ts: calls at a fixed rate, or a fixed number at a time → pool.ts: which connection → connection.ts: one call at a time on it
 *   requests.ts: reviews as bytes · summary.ts: what became of the calls · driver-process.ts: all of it in a process of its own
 */
export { type DriverOptions, startDriver } from './driver.ts';
export { type ForkedDriver, forkDriver } from './forked-driver.ts';
export { NAME_PLACEHOLDER, reviewBody, reviewRequest, TOKEN_VOLUME } from './requests.ts';
export { failuresOf, mergeSummaries, type Summary } from './summary.ts';
