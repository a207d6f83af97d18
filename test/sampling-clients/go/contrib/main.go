// OpenTelemetry's own remote sampler for Go.
package main

import (
	"context"
	"time"

	"go.opentelemetry.io/contrib/samplers/jaegerremote"
	"go.opentelemetry.io/otel/sdk/trace"
	"tracehook.test/sampling-clients/report"
)

func main() {
	report.LoopbackNames()
	sampler := jaegerremote.New(
		report.Environment("JAEGER_SERVICE_NAME"),
		jaegerremote.WithSamplingServerURL(report.Environment("JAEGER_SAMPLING_ENDPOINT")),
		jaegerremote.WithInitialSampler(trace.NeverSample()),
		jaegerremote.WithSamplingRefreshInterval(200*time.Millisecond),
	)
	tracer := trace.NewTracerProvider(trace.WithSampler(sampler)).Tracer("test")
	report.Forever(func(operation string) bool {
		_, span := tracer.Start(context.Background(), operation)
		defer span.End()
		return span.SpanContext().IsSampled()
	})
}
