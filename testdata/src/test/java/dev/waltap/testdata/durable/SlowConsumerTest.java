package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A consumer that is far slower than the writer, and then recovers. */
@EnabledOnOs(OS.LINUX)
class SlowConsumerTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long WAL_LIMIT = 8L << 20;

  /**
   * What is written while a snapshot is scanned after the reader was let go: the limit does not end
   * that read transaction. At 10,000 transactions/s a tenth of a second is some 8 MiB.
   */
  private static final long WAL_MARGIN = 56L << 20;

  private static final long SLOW_NANOS = 4_000_000_000L;

  private volatile boolean slow = true;

  @Test
  void fallsBehindWithinBoundsAndCatchesUp() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open();
        ReplicaOracle oracle = new ReplicaOracle(OracleOptions.DEFAULT)) {
      dev.waltap.testdata.oracle.Markers.create(writer);
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
        long largestWal = 0;
        long largestState = 0;
        try (WriterProcess load = WriterProcess.start(database.path(), options)) {
          long end = System.nanoTime() + SLOW_NANOS;
          while (load.isAlive() && System.nanoTime() < end) {
            largestWal = Math.max(largestWal, size(Path.of(database.path() + "-wal")));
            long files = size(state.resolve("state.db")) + size(state.resolve("state.db-wal"));
            largestState = Math.max(largestState, files);
            Thread.sleep(20);
          }
          slow = false;
          load.await(LIMIT);
        }
        System.out.printf("largest WAL %d, largest state %d%n", largestWal, largestState);
        assertThat(largestWal).isLessThan(WAL_LIMIT + WAL_MARGIN);
        assertThat(largestState).isLessThan(64 << 20);
        harness.settle(writer, 1, LIMIT);
      }
    }
  }

  private static long size(Path file) throws java.io.IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }
}
