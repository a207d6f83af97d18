import { type ContainerEnv, hasVariable, readVariable } from './container-env.ts';

/** Variables that say where traces go, and how: one of them of the user's, and endpoint and protocol are his. */
export const TRACES_ENDPOINT_VARIABLES = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
] as const;

/** With a Jaeger collector of its own, Jaeger's clients ignore the agent's host and port. */
export const JAEGER_AGENT_VARIABLES = ['JAEGER_AGENT_HOST', 'JAEGER_AGENT_PORT', 'JAEGER_ENDPOINT'] as const;

/** How a container decides itself where its traces go; `undefined` if it does not. */
export function ownsEndpoint(env: ContainerEnv): 'endpoint' | 'exporter' | undefined {
  if (TRACES_ENDPOINT_VARIABLES.some((name) => hasVariable(env, name))) return 'endpoint';
  const exporter = readVariable(env, 'OTEL_TRACES_EXPORTER');
  if (exporter === null) return undefined;
  const exportsOtlp = exporter?.split(',').some((name) => name.trim() === 'otlp') ?? false;
  return exportsOtlp ? undefined : 'exporter';
}

/** The container decides itself where Jaeger's clients send. */
export function ownsJaegerAgent(env: ContainerEnv): boolean {
  return JAEGER_AGENT_VARIABLES.some((name) => hasVariable(env, name));
}
