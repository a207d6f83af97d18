/**
 * What env mode writes, one file a group of variables that are decided together. The list below is the order in which they
 * are written; `OTEL_RESOURCE_ATTRIBUTES` stays the last. A new variable is a line in its group's file, or a new file here.
 */
import type { VariableGroup } from '../scope.ts';
import { jaegerAgent } from './jaeger-agent.ts';
import { jaegerSampler } from './jaeger-sampler.ts';
import { otlp } from './otlp.ts';
import { propagators } from './propagators.ts';
import { resourceAttributes } from './resource-attributes.ts';
import { sampler } from './sampler.ts';
import { serviceName } from './service-name.ts';

export const VARIABLE_GROUPS: readonly VariableGroup[] = [
  serviceName,
  otlp,
  propagators,
  sampler,
  jaegerAgent,
  jaegerSampler,
  resourceAttributes,
];
