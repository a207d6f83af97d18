/**
 * What `inject`, `explain` and the demo configure where no file is given: the collector of the tutorial, at the address where
 * it is installed there.
 */
export const EMBEDDED_CONFIGURATION = `apiVersion: tracehook.io/v1alpha1
kind: ClusterTracingConfig
metadata:
  name: default
spec:
  collector:
    grpc: http://otel-collector.observability:4317
    http: http://otel-collector.observability:4318
  jaegerAgent:
    enabled: true
    host: otel-collector.observability
  propagators: [tracecontext, baggage]
  sampling:
    default: {type: probabilistic, param: 0.1}
`;
