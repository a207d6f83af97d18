/**
 * The edge of live sampling: Jaeger's remote-sampling protocol over HTTP and gRPC, and the whole cluster's strategies for a
 * backend. Every answer is made from the configuration in memory, at the time of the request.
 *
 *   GET /sampling?service=, /?service=  → http.ts ─┐
 *   GET /strategies                     → http.ts ─┼→ answers.ts   namespace and service → the answer, made once for each
 *   SamplingManager/GetSamplingStrategy → grpc.ts ─┘                configuration
 *
 *   call.ts: what gRPC is on the wire · sessions.ts: how many connections of HTTP/2, how long · metrics.ts · start.ts wires
 */
export { clusterStrategies } from './answers.ts';
export { createSamplingMetrics } from './metrics.ts';
export { type RunningSamplingServer, startSamplingServer } from './start.ts';
