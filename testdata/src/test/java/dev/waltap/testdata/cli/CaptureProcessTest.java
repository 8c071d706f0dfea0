// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Value.BlobStyle;
import dev.waltap.testdata.oracle.JsonLineOracle;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.sql.Connection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The three captures as processes, on databases that other processes write; judged by oracle. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class CaptureProcessTest {

  private static final WriterOptions WRITER =
      WriterOptions.DEFAULT.with("--transactions", "1500").with("--rows", "3");

  private static JsonLineOracle oracle() {
    return new JsonLineOracle(OracleOptions.DEFAULT, BlobStyle.HEX);
  }

  @Test
  void cdcEmitsWhatAnotherProcessWrites() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        JsonLineOracle oracle = oracle()) {
      oracle.oracle().baseline(connection);
      try (CliProcess waltap = CliProcess.start("cdc", database.path()).awaitReady();
          WriterProcess writer =
              WriterProcess.start(database.path(), WRITER.with("--marker", "7"))) {
        waltap.judge(oracle, 7);
        writer.await(CliProcess.LIMIT);
        oracle.compareWith(connection);
        assertThat(waltap.stop()).isZero();
        assertThat(waltap.errors()).containsOnlyOnce("waltap: ready");
        assertThat(waltap.newLines()).isEmpty();
      }
    }
  }

  @Test
  void bootstrapEmitsEveryRow() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        JsonLineOracle oracle = oracle()) {
      try (WriterProcess writer = WriterProcess.start(database.path(), WRITER)) {
        writer.await(CliProcess.LIMIT);
      }
      try (CliProcess waltap = CliProcess.start("bootstrap", database.path())) {
        assertThat(waltap.exit()).as(waltap.errors()).isZero();
        oracle.lines(waltap.lines());
        oracle.compareWith(connection);
        assertThat(waltap.errors()).doesNotContain("ready");
      }
    }
  }

  @Test
  void bootstrapAndCdcHasNeitherGapNorOverlapUnderALiveWriter() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        JsonLineOracle oracle = oracle()) {
      WriterOptions options =
          WRITER
              .with("--transactions", "4000")
              .with("--rate", "1000")
              .with("--seed", "3")
              .with("--marker", "7");
      try (WriterProcess writer = WriterProcess.start(database.path(), options);
          CliProcess waltap = CliProcess.start("bootstrap-and-cdc", database.path())) {
        waltap.judge(oracle, 7);
        writer.await(CliProcess.LIMIT);
        oracle.compareWith(connection);
        assertThat(waltap.stop()).isZero();
        assertThat(waltap.errors()).containsOnlyOnce("waltap: ready");
      }
    }
  }

  @Test
  void theShellMayWrite() throws Exception {
    assumeTrue(TestDatabase.hasShell());
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        JsonLineOracle oracle = oracle()) {
      database.shell(
          "CREATE TABLE waltap_marker(id INTEGER PRIMARY KEY, n INTEGER)",
          "INSERT INTO waltap_marker VALUES(1, 0)",
          "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, score REAL, photo BLOB)");
      oracle.oracle().baseline(connection);
      try (CliProcess waltap = CliProcess.start("cdc", database.path()).awaitReady()) {
        database.shell("INSERT INTO users VALUES(1, 'Ada', 1, x'00ff'), (2, 'Grüße', 9e999, NULL)");
        database.shell("UPDATE users SET score = 0.5 WHERE id = 1; DELETE FROM users WHERE id = 2");
        database.shell("BEGIN; INSERT INTO users(name) VALUES('never'); ROLLBACK");
        database.shell("ALTER TABLE users ADD COLUMN mail TEXT DEFAULT 'none'");
        database.shell("UPDATE users SET id = 9; PRAGMA wal_checkpoint(TRUNCATE)");
        database.shell("UPDATE waltap_marker SET n = 1");
        waltap.judge(oracle, 1);
        oracle.compareWith(connection);
        assertThat(waltap.stop()).isZero();
        assertThat(waltap.lines().get(0)).startsWith("{\"table\":\"users\",\"timestamp\":\"20");
      }
    }
  }
}
