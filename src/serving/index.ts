/**
 * What every port of the program has, whoever serves on it: how many connections there may be and how long they may stand
 * still, how long a request may take, and the plain port with health and metrics.
 *
 *   connections.ts   how many, how long        requests.ts   the times of a request
 *   listen.ts        binds a port              health.ts     /healthz, /readyz, /metrics
 *   notices.ts       what is counted in silence, told in the log now and then      lines.ts   what is asked of a logger
 *
 * Nothing here knows what is served.
 */
export {
  CLOSE_CAUSES,
  type CloseCause,
  type Connections,
  guardConnections,
  IDLE_MS,
  PATIENCE_MS,
} from './connections.ts';
export { createHealthServer } from './health.ts';
export type { Lines } from './lines.ts';
export { formatHost, listen } from './listen.ts';
export { createNotices } from './notices.ts';
export { hasBody, isSpare, REQUEST_TIMEOUTS } from './requests.ts';
