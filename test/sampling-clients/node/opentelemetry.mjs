/** OpenTelemetry's own remote sampler for Node. */
import { randomBytes } from 'node:crypto';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { JaegerRemoteSampler } from '@opentelemetry/sampler-jaeger-remote';
import { AlwaysOffSampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import { environment, reportForever } from './report.mjs';

const sampler = new JaegerRemoteSampler({
  // It adds the path itself.
  endpoint: environment('JAEGER_SAMPLING_ENDPOINT').replace(/\/sampling$/, ''),
  serviceName: environment('JAEGER_SERVICE_NAME'),
  initialSampler: new AlwaysOffSampler(),
  poolingInterval: 200,
});
await reportForever((operation) => {
  const traceId = randomBytes(16).toString('hex');
  const { decision } = sampler.shouldSample(ROOT_CONTEXT, traceId, operation, SpanKind.INTERNAL, {}, []);
  return decision === SamplingDecision.RECORD_AND_SAMPLED;
});
