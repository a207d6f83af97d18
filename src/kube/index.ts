/**
 * The API server's edge: how the program reads a cluster and writes to it. Nothing here knows what Tracehook is for.
 *
 *   credentials.ts (a Pod's ServiceAccount) ─┐
 *   kubeconfig.ts (a person's) ──────────────┴─► transport.ts ──► calls: four kept-alive connections at most (lanes.ts, pool.ts)
 *                                                    │                     one request of them: exchange.ts, deadline.ts
 *                                                    └──────────► watches: a connection each (watch-stream.ts, lines.ts)
 *
 *   list-watch.ts   what a cluster has of one kind: list.ts (pages), then events, into store.ts; again and again (backoff.ts)
 *   write.ts        create, replace, delete, apply: each for one revision, or for the fields that are ours
 *   lease.ts        who of several writes: lease-record.ts (what stands in the cluster), term.ts (how long it is good)
 *
 * Whatever fails is a `KubeError` with one of a closed set of failures; none has a body, a token or a header in it.
 */
export { inClusterCredentials } from './credentials.ts';
export { kubeconfigCredentials } from './kubeconfig.ts';
export { isFailure } from './kube-error.ts';
export { type Election, type LeaseTiming, runElection } from './lease.ts';
export { type WatchTiming, type WatchedObjects, watchObjects } from './list-watch.ts';
export type { KubeLogger } from './logger.ts';
export type { Change } from './store.ts';
export type { Term } from './term.ts';
export { type KubeTransport, openTransport } from './transport.ts';
export {
  applyObject,
  createObject,
  deleteObject,
  type Precondition,
  replaceObject,
  revisionOf,
  type SentObject,
} from './write.ts';
