// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.oracle.Markers;
import java.sql.Connection;
import java.util.Locale;

/**
 * CPU time of an idle capture in a process of its own, as the scheduler counts it; then how long
 * the first commits after as much quiet take to the handler, by {@link System#nanoTime} within this
 * process.
 */
final class IdleSoak implements Soak {
  private static final int WARM_UP_COMMITS = 5000;

  private final SoakOptions options;

  IdleSoak(SoakOptions options) {
    this.options = options;
  }

  @Override
  public boolean run() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open()) {
      Markers.create(connection);
      double percent = percentOfACore(database);
      double max = 0;
      StringBuilder latencies = new StringBuilder();
      try (TimedCapture capture = new TimedCapture(connection, database.path(), options.times())) {
        capture.insert(-WARM_UP_COMMITS, 0, 1000);
        for (int i = 1; i <= options.times(); i++) {
          Thread.sleep((long) (options.seconds() * 1000));
          capture.insert(i, i, 0);
          TimedCapture.Times times = capture.await(i);
          double millis = Math.max(0, times.arrived() - times.committed()) / 1e6;
          max = Math.max(max, millis);
          latencies.append(String.format(Locale.ROOT, " %.2f", millis));
        }
      }
      Soak.print(
          "idle: %.3f %% of a core over %.0f s; the first commit after that reached the handler"
              + " within, ms:%s",
          percent, options.seconds(), latencies);
      return percent < 0.5 && max <= 5;
    }
  }

  private double percentOfACore(TestDatabase database) throws Exception {
    try (CaptureProcess capture = CaptureProcess.start(database.path(), options.guard())) {
      Thread.sleep(5000); // Until the JVM itself has come to rest.
      long cpu = capture.cpuNanos();
      long start = System.nanoTime();
      Thread.sleep((long) (options.seconds() * 1000));
      return 100.0 * (capture.cpuNanos() - cpu) / (System.nanoTime() - start);
    }
  }
}
