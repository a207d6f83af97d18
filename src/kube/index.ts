/**
 * The API server's edge: how the program reads a cluster and writes to it. Nothing here knows what Tracehook is for.
 *
 *   credentials.ts (a Pod's ServiceAccount) ─┐
 *   kubeconfig.ts (a person's) ──────────────┴─► transport.ts ──► calls: four kept-alive connections at most (lanes.ts, pool.ts)
 *                                                    │                     one request of them: exchange.ts, deadline.ts
 *                                                    └──────────► watches: a connection each (watch-stream.ts, lines.ts)
 *
 * Whatever fails is a `KubeError` with one of a closed set of failures; none has a body, a token or a header in it.
 */
export { inClusterCredentials } from './credentials.ts';
export { kubeconfigCredentials } from './kubeconfig.ts';
export { isFailure } from './kube-error.ts';
export { type KubeTransport, openTransport } from './transport.ts';
