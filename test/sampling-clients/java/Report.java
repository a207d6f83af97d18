import java.util.function.Predicate;

/** Tells a test, a line at a time, which share of new traces is kept. */
final class Report {
  private static final int TRACES = 1000;

  static String environment(String name) {
    String value = System.getenv(name);
    if (value == null || value.isEmpty()) throw new IllegalStateException(name + " is not set");
    return value;
  }

  static void forever(Predicate<String> isSampled) throws InterruptedException {
    while (true) {
      StringBuilder line = new StringBuilder();
      for (String operation : new String[] {"work", "health"}) {
        int kept = 0;
        for (int count = 0; count < TRACES; count++) if (isSampled.test(operation)) kept++;
        line.append(operation).append('=').append(kept).append(' ');
      }
      System.out.println(line.toString().trim());
      Thread.sleep(100);
    }
  }
}
