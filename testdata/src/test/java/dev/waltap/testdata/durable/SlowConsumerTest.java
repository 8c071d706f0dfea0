// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A consumer that is far slower than the writer, and then recovers. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class SlowConsumerTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long WAL_LIMIT = 8L << 20;

  /**
   * What is written between two looks at the WAL. They are a millisecond apart, but for the turns
   * that the capture waits for a processor: up to a tenth of a second's on a busy machine.
   */
  private static final long WAL_SLACK = 8L << 20;

  private static final long STATE_LIMIT = 64L << 20;

  private volatile boolean slow = true;

  @Test
  void fallsBehindWithinBoundsAndCatchesUp() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open();
        ReplicaOracle oracle = new ReplicaOracle(OracleOptions.DEFAULT)) {
      Markers.create(writer);
      oracle.baseline(writer);
      Path state = Path.of(database.path() + "-waltap");
      OracleHarness.CaptureFactory factory =
          (path, handler, listener) ->
              Waltap.open(path)
                  .handler(handler)
                  .listener(listener)
                  .stateDirectory(state)
                  .walLimit(WAL_LIMIT)
                  .queueBytes(1 << 20)
                  .pageSetMemory(4 << 20)
                  .build();
      try (OracleHarness harness =
          new OracleHarness(database.path(), oracle, factory, ChangeDataCapture::cdc)) {
        harness.probe(
            change -> {
              if (slow) {
                LockSupport.parkNanos(10_000_000);
              }
            });
        harness.start().awaitReady(LIMIT);
        WriterOptions options =
            // Single rows: the whole-table updates of the full mix write more than the limit at
            // once.
            WriterOptions.DEFAULT
                .with("--mix", "INSERT")
                .with("--rate", "10000")
                .with("--transactions", "30000");
        long largestState = 0;
        try (WriterProcess load = WriterProcess.start(database.path(), options)) {
          while (load.isAlive()) {
            largestState = Math.max(largestState, size(state));
            Thread.sleep(1);
          }
          load.await(LIMIT);
        }
        assertThat(harness.capture().metrics().walLimits()).isPositive();
        slow = false;
        // SQLite restarts a WAL in the same file, which stays as long as it ever was.
        long largestWal = Path.of(database.path() + "-wal").toFile().length();
        System.out.printf("largest WAL %d, largest state %d%n", largestWal, largestState);
        assertThat(largestWal).isBetween(WAL_LIMIT / 2, WAL_LIMIT + WAL_SLACK);
        assertThat(largestState).isLessThan(STATE_LIMIT);
        harness.settle(writer, 1, LIMIT);
        assertThat(harness.capture().metrics().reconciles()).isPositive();
      }
    }
  }

  private static long size(Path state) {
    return state.resolve("state.db").toFile().length()
        + state.resolve("state.db-wal").toFile().length();
  }
}
