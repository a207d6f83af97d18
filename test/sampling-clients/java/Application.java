import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;

/** An application that knows only OpenTelemetry's API: what is sampled is the agent's decision. */
public final class Application {
  public static void main(String[] arguments) throws InterruptedException {
    Tracer tracer = GlobalOpenTelemetry.getTracer("test");
    Report.forever(
        operation -> {
          Span span = tracer.spanBuilder(operation).setNoParent().startSpan();
          span.end();
          return span.getSpanContext().isSampled();
        });
  }
}
