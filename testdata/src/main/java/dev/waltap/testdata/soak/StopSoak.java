// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;

/** The capture is stopped by SIGSTOP in mid-load, and goes on, again and again. */
final class StopSoak implements Soak {
  private final SoakOptions options;

  StopSoak(SoakOptions options) {
    this.options = options;
  }

  @Override
  public boolean run() throws Exception {
    double seconds = options.times() * (options.stopSeconds() + 1) + 1;
    try (TestDatabase database = TestDatabase.create();
        CaptureProcess capture = CaptureProcess.start(database.path(), options.guard());
        Writers writers = Writers.start(database, options, seconds)) {
      for (int i = 0; i < options.times(); i++) {
        Thread.sleep(1000);
        capture.stop();
        Thread.sleep(Math.round(options.stopSeconds() * 1000));
        capture.resume();
      }
      long wal = writers.largestWal();
      double rate = writers.rate();
      CaptureFigures figures = Writers.finish(database, capture, 1);
      boolean intact = Writers.intact(database);
      Soak.print(
          "stop: stopped %d times for %.1f s; %.0f commits/s, WAL %.1f MB %d MB at the end,"
              + " integrity_check %s; replica %s; options %s",
          options.times(),
          options.stopSeconds(),
          rate,
          wal / 1e6,
          Path.of(database.path() + "-wal").toFile().length() / 1_000_000,
          intact ? "ok" : "BAD",
          figures,
          options);
      return intact && figures.isEqual();
    }
  }
}
