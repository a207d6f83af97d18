/**
 * Sampling strategies, pure: what users may write, and what an SDK is told of it at admission.
 *
 *   strategy.ts   the shapes and their rules        compile.ts   strategy → variables of an SDK
 *
 * Nothing here does IO or knows of Pods.
 */
export {
  compileRemote,
  compileStatic,
  initialRate,
  SAMPLING_HTTP_PORT,
  type Sampler,
  samplingHost,
  strategyFor,
} from './compile.ts';
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
