/** Jaeger's own client for Node, configured by its environment variables alone. */
import jaeger from 'jaeger-client';
import { reportForever } from './report.mjs';

const reporter = { report() {}, setProcess() {}, close: (done) => done?.() };
const tracer = jaeger.initTracerFromEnv({}, { reporter });
await reportForever((operation) => {
  const span = tracer.startSpan(operation);
  span.finish();
  return span.context().isSampled();
});
