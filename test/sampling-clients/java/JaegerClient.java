import io.jaegertracing.internal.JaegerSpan;
import io.jaegertracing.internal.JaegerTracer;
import io.jaegertracing.internal.reporters.InMemoryReporter;
import io.jaegertracing.internal.samplers.HttpSamplingManager;
import io.jaegertracing.internal.samplers.ProbabilisticSampler;
import io.jaegertracing.internal.samplers.RemoteControlledSampler;

/** Jaeger's own client for Java, which knows only the host and port of its sampling manager. */
public final class JaegerClient {
  public static void main(String[] arguments) throws InterruptedException {
    String service = Report.environment("JAEGER_SERVICE_NAME");
    RemoteControlledSampler sampler =
        new RemoteControlledSampler.Builder(service)
            .withSamplingManager(new HttpSamplingManager(Report.environment("JAEGER_SAMPLER_MANAGER_HOST_PORT")))
            .withInitialSampler(new ProbabilisticSampler(Double.parseDouble(Report.environment("JAEGER_SAMPLER_PARAM"))))
            .withPollingInterval(200)
            .build();
    InMemoryReporter reporter = new InMemoryReporter();
    JaegerTracer tracer = new JaegerTracer.Builder(service).withSampler(sampler).withReporter(reporter).build();
    Report.forever(
        operation -> {
          JaegerSpan span = tracer.buildSpan(operation).ignoreActiveSpan().start();
          span.finish();
          reporter.clear();
          return span.context().isSampled();
        });
  }
}
