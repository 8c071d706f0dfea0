// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureHandle;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.CaptureMode;
import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is counted as history that was lost. */
class GapMetricsTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Captures until so many changes have come; gives what was counted. */
  private static CaptureMetrics capture(TestDatabase database, long changes) throws Exception {
    AtomicLong seen = new AtomicLong();
    try (var capture =
        Waltap.open(database.path())
            .stateDirectory(database.directory().resolve("state"))
            .handler(batch -> seen.addAndGet(batch.size()))
            .build()) {
      CaptureHandle running = capture.start(CaptureMode.CDC);
      assertThat(running.awaitReady(LIMIT)).isTrue();
      Await.until(LIMIT, () -> seen.get() >= changes, () -> "changes: " + seen.get());
      capture.close();
      return capture.metrics();
    }
  }

  @Test
  void aStartIsAGapOnlyIfSomethingHadChanged() throws Exception {
    try (TestDatabase database = TestDatabase.create()) {
      write(database, "CREATE TABLE t(id INTEGER PRIMARY KEY)");
      capture(database, 0);
      // Its WAL was removed with the last connection.
      CaptureMetrics idle = capture(database, 0);
      assertThat(idle.overruns()).isZero();
      assertThat(idle.reconciles()).isZero();
      write(database, "INSERT INTO t VALUES (1)");
      CaptureMetrics after = capture(database, 1);
      assertThat(after.overruns()).isEqualTo(1);
      assertThat(after.reconciles()).isEqualTo(1);
    }
  }

  private static void write(TestDatabase database, String sql) throws Exception {
    try (Connection writer = database.open()) {
      TestDatabase.execute(writer, sql);
    }
  }
}
