// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.Captures;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Writers in this process and in another, watched by the harness. */
class WriterProcessTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void writesFromAnotherProcessWhileCaptured() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        ReplicaOracle oracle = new ReplicaOracle(OracleOptions.DEFAULT)) {
      oracle.baseline(connection);
      try (OracleHarness harness =
          new OracleHarness(database.path(), oracle, Captures.sql(), capture -> capture.cdc())) {
        harness.start().awaitReady(LIMIT);
        WriterOptions options =
            WriterOptions.DEFAULT.with("--transactions", "200").with("--marker", "7");
        try (WriterProcess writer = WriterProcess.start(database.path(), options)) {
          assertThat(writer.await(LIMIT)).isPositive();
        }
        harness.awaitMarker(7, LIMIT);
        oracle.compareWith(connection);
        harness.settle(connection, 8, LIMIT);
      }
      assertThat(oracle.rows("load0")).isPositive();
    }
  }

  @Test
  void isKilledByItsHandle() throws Exception {
    try (TestDatabase database = TestDatabase.create()) {
      WriterOptions options = WriterOptions.DEFAULT.with("--rate", "1");
      try (WriterProcess writer = WriterProcess.start(database.path(), options)) {
        writer.kill();
        assertThat(writer.isAlive()).isFalse();
      }
    }
  }

  @Test
  void writesTheSameFromTheSameSeed() throws Exception {
    WriterOptions options =
        WriterOptions.DEFAULT.with("--rows", "20").with("--cache-size", "10").with("--seed", "5");
    try (TestDatabase one = TestDatabase.create();
        TestDatabase other = TestDatabase.create();
        Connection first = one.open();
        Connection second = other.open()) {
      for (Connection connection : new Connection[] {first, second}) {
        try (Workload workload = new Workload(connection, options).prepare()) {
          workload.run();
        }
      }
      assertThat(new SnapshotReader(first, table -> true).read())
          .isEqualTo(new SnapshotReader(second, table -> true).read());
    }
  }
}
