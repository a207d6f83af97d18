/**
 * Sampling strategies, pure: what users may write, what an SDK is told of it at admission, and what clients and backends are
 * told of it later.
 *
 *   strategy.ts   the shapes and their rules
 *     → compile.ts           strategy → variables of an SDK, and the names by which the sampling server is asked
 *     → answer.ts            strategies of a namespace → Jaeger's answer to a service; protobuf.ts: the same on the wire of gRPC
 *     → strategies-file.ts   strategies of all namespaces → Jaeger's strategies file
 *
 * Nothing here does IO or knows of Pods.
 */
export { answerFor, type Strategies } from './answer.ts';
export {
  compileRemote,
  compileStatic,
  initialRate,
  namespaceOf,
  operationsOf,
  SAMPLING_GRPC_PORT,
  SAMPLING_HTTP_PORT,
  type Sampler,
  samplingHost,
  strategyFor,
} from './compile.ts';
export { decodeParameters, encodeAnswer } from './protobuf.ts';
export { strategiesFile } from './strategies-file.ts';
export {
  MOST_PER_SECOND,
  MOST_SERVICES,
  PARAM_SENTENCES,
  paramMistake,
  type ServiceStrategy,
  ServiceStrategySchema,
  type Strategy,
  StrategySchema,
} from './strategy.ts';
