// Jaeger's own client for Go, configured by its environment variables alone.
package main

import (
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/config"
	"tracehook.test/sampling-clients/report"
)

func main() {
	report.LoopbackNames()
	configuration, err := config.FromEnv()
	if err != nil {
		panic(err)
	}
	tracer, closer, err := configuration.NewTracer(config.Reporter(jaeger.NewNullReporter()))
	if err != nil {
		panic(err)
	}
	defer closer.Close()
	report.Forever(func(operation string) bool {
		span := tracer.StartSpan(operation)
		defer span.Finish()
		return span.Context().(jaeger.SpanContext).IsSampled()
	})
}
