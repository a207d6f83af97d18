// What Jaeger's agent and collectors do: the service's stub for grpc-go, and the answer as it is.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"tracehook.test/sampling-clients/report"
)

func main() {
	// endpoint=http://HOST:PORT,…
	_, endpoint, _ := strings.Cut(strings.Split(report.Environment("OTEL_TRACES_SAMPLER_ARG"), ",")[0], "://")
	connection, err := grpc.NewClient(
		"passthrough:///"+endpoint,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			return report.Dial(ctx, "tcp", address)
		}),
	)
	if err != nil {
		panic(err)
	}
	defer connection.Close()
	client := api_v2.NewSamplingManagerClient(connection)
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		answer, err := client.GetSamplingStrategy(ctx, &api_v2.SamplingStrategyParameters{
			ServiceName: report.Environment("JAEGER_SERVICE_NAME"),
		})
		cancel()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		} else {
			work := answer.GetProbabilisticSampling().GetSamplingRate()
			health := work
			for _, operation := range answer.GetOperationSampling().GetPerOperationStrategies() {
				if operation.Operation == "health" {
					health = operation.GetProbabilisticSampling().GetSamplingRate()
				}
			}
			fmt.Printf("work=%.0f health=%.0f\n", 1000*work, 1000*health)
		}
		time.Sleep(200 * time.Millisecond)
	}
}
