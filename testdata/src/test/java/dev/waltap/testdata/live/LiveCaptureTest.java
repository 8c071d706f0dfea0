// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.GuardMode;
import dev.waltap.testdata.Captures;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleHarness.CaptureFactory;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The engine against another process that writes as fast as it can, judged by the replica. */
@Tag("slow")
class LiveCaptureTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long SLOW_BATCH_NANOS = 2_000_000;

  @Test
  void cdcFollowsAWriterInAnotherProcess() throws Exception {
    WriterOptions options =
        WriterOptions.DEFAULT.with("--transactions", "20000").with("--marker", "7");
    CaptureMetrics metrics = cdc(Captures.waltap(), options);
    assertThat(metrics.changes()).isPositive();
  }

  @Test
  void cdcFollowsLargeTransactions() throws Exception {
    WriterOptions options =
        WriterOptions.LARGE_TRANSACTIONS.with("--transactions", "10").with("--marker", "7");
    cdc(Captures.waltap(), options);
  }

  /** Overrun again and again: every gap is emitted as net changes, and the replica stays equal. */
  @Test
  void gapsAreReconciled() throws Exception {
    CaptureFactory overrun =
        (database, handler, listener) -> {
          ChangesHandler slow =
              batch -> {
                // Not a wait for anything: this handler is slow, that is what is tested.
                LockSupport.parkNanos(SLOW_BATCH_NANOS);
                handler.handleChanges(batch);
              };
          return Waltap.open(database)
              .handler(slow)
              .listener(listener)
              .guard(GuardMode.NEVER)
              .batchSize(8)
              .queueChanges(16)
              .build();
        };
    WriterOptions options =
        WriterOptions.DEFAULT.with("--transactions", "30000").with("--marker", "7");
    CaptureMetrics metrics = cdc(overrun, options);
    assertThat(metrics.overruns()).isPositive();
    assertThat(metrics.reconciles()).isEqualTo(metrics.overruns());
  }

  private static CaptureMetrics cdc(CaptureFactory factory, WriterOptions options)
      throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        ReplicaOracle oracle = new ReplicaOracle(OracleOptions.DEFAULT)) {
      oracle.baseline(connection);
      try (OracleHarness harness =
          new OracleHarness(database.path(), oracle, factory, capture -> capture.cdc())) {
        harness.start().awaitReady(LIMIT);
        write(database, options);
        harness.awaitMarker(7, LIMIT);
        oracle.compareWith(connection);
        return harness.capture().metrics();
      }
    }
  }

  /** No gap and no overlap between the rows of the snapshot and the changes behind it. */
  @Test
  void bootstrapAndCdcUnderAWriter() throws Exception {
    WriterOptions first = WriterOptions.DEFAULT.with("--transactions", "2000").with("--rows", "10");
    WriterOptions second =
        WriterOptions.DEFAULT
            .with("--transactions", "20000")
            .with("--seed", "2")
            .with("--marker", "9");
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        ReplicaOracle oracle = new ReplicaOracle(OracleOptions.DEFAULT)) {
      write(database, first);
      try (OracleHarness harness =
              new OracleHarness(
                  database.path(),
                  oracle,
                  Captures.waltap(),
                  capture -> capture.bootstrapAndCdc());
          WriterProcess writer = WriterProcess.start(database.path(), second)) {
        harness.start();
        writer.await(LIMIT);
        harness.awaitMarker(9, LIMIT);
        oracle.compareWith(connection);
      }
    }
  }

  private static void write(TestDatabase database, WriterOptions options) throws Exception {
    try (WriterProcess writer = WriterProcess.start(database.path(), options)) {
      assertThat(writer.await(LIMIT)).isPositive();
    }
  }
}
