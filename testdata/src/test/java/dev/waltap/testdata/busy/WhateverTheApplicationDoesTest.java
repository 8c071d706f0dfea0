// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.busy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.Waltap;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import dev.waltap.testdata.workload.WriterOptions;
import dev.waltap.testdata.workload.WriterProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All that an application may do with its own database is emitted exactly. */
@Tag("slow")
@Timeout(180)
class WhateverTheApplicationDoesTest {

  @Test
  void opensAndClosesAConnectionForEveryStatement() throws Exception {
    try (Busy busy = new Busy()) {
      busy.app.close(); // So that each of these is the application's last one.
      for (int i = 2; i < 200; i++) {
        try (Connection connection = busy.database.open()) {
          TestDatabase.execute(connection, "INSERT INTO t VALUES(" + i + ", 'x', zeroblob(3000))");
        }
      }
      try (Connection connection = busy.database.open()) {
        busy.settleBy(connection);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PRAGMA wal_autocheckpoint = 0",
        "PRAGMA wal_autocheckpoint = 1",
        "PRAGMA wal_autocheckpoint = 1000000",
        "PRAGMA journal_size_limit = 20000",
        "PRAGMA journal_size_limit = 0"
      })
  void checkpointsAtAnyMoment(String pragma) throws Exception {
    Random random = new Random(7);
    String[] modes = {"PASSIVE", "FULL", "RESTART", "TRUNCATE"};
    try (Busy busy = new Busy(pragma);
        Connection other = busy.database.open()) {
      TestDatabase.execute(other, pragma);
      for (int i = 2; i < 2000; i++) {
        busy.run("INSERT INTO t VALUES(" + i + ", 'x', randomblob(" + random.nextInt(9000) + "))");
        if (random.nextInt(10) == 0) {
          String mode = modes[random.nextInt(modes.length)];
          TestDatabase.execute(
              random.nextBoolean() ? other : busy.app, "PRAGMA wal_checkpoint(" + mode + ")");
        }
        if (random.nextInt(100) == 0) {
          busy.run("BEGIN", "DELETE FROM t", "ROLLBACK");
        }
      }
      busy.settle();
    }
  }

  @Test
  void readsForLong() throws Exception {
    try (Busy busy = new Busy();
        Connection reader = busy.database.open()) {
      for (int round = 0; round < 5; round++) {
        TestDatabase.execute(reader, "BEGIN");
        TestDatabase.number(reader, "SELECT count(*) FROM t");
        for (int i = 0; i < 300; i++) {
          busy.run("INSERT INTO t(v, b) VALUES('x', randomblob(5000))");
        }
        busy.settle();
        TestDatabase.execute(reader, "COMMIT");
        busy.run("PRAGMA wal_checkpoint(RESTART)", "DELETE FROM t WHERE id % 3 = 0");
      }
      busy.settle();
    }
  }

  @Test
  void writesFromSeveralProcesses() throws Exception {
    try (Busy busy = new Busy()) {
      WriterOptions writer =
          WriterOptions.DEFAULT.with("--transactions", "1500").with("--tables", "1");
      try (WriterProcess one = WriterProcess.start(busy.database.path(), writer);
          WriterProcess other =
              WriterProcess.start(busy.database.path(), writer.with("--seed", "2"))) {
        for (int i = 0; i < 200; i++) {
          busy.run("UPDATE t SET v = " + i);
        }
        one.await(Busy.LIMIT);
        other.await(Busy.LIMIT);
      }
      busy.settle();
    }
  }

  @Test
  void isKilledAnywhere() throws Exception {
    Random random = new Random(11);
    try (Busy busy = new Busy()) {
      for (int i = 0; i < 6; i++) {
        WriterOptions writer =
            WriterOptions.DEFAULT
                .with("--transactions", "1000000")
                .with("--rows", "50")
                .with("--cache-size", "10")
                .with("--tables", "1")
                .with("--seed", Integer.toString(i));
        try (WriterProcess process = WriterProcess.start(busy.database.path(), writer)) {
          Thread.sleep(random.nextInt(150)); // Anywhere: no condition says when.
          process.kill();
        }
        busy.settle();
      }
      assertThat(TestDatabase.number(busy.app, "SELECT count(*) FROM pragma_integrity_check"))
          .isEqualTo(1);
    }
  }

  @Test
  void vacuums() throws Exception {
    try (Busy busy = new Busy()) {
      for (int i = 2; i < 500; i++) {
        busy.run("INSERT INTO t VALUES(" + i + ", 'x', randomblob(2000))");
      }
      busy.run("DELETE FROM t WHERE id % 2 = 0", "VACUUM");
      busy.settle();
      busy.run("UPDATE t SET v = 'y' WHERE id % 5 = 0", "PRAGMA auto_vacuum = 1", "VACUUM");
      busy.settle();
    }
  }

  /** SQLite lets nobody leave WAL mode while another connection is open, and ours is one. */
  @Test
  void cannotLeaveWalModeBeforeTheCaptureEnds() throws Exception {
    try (Busy busy = new Busy()) {
      busy.run("PRAGMA busy_timeout = 100");
      assertThatThrownBy(() -> busy.run("PRAGMA journal_mode = DELETE"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("locked");
      busy.run("INSERT INTO t VALUES(2, 'still', x'')");
      busy.settle();
      busy.harness.close();
      busy.run("PRAGMA journal_mode = DELETE", "INSERT INTO t VALUES(3, 'left', x'')");
      busy.run("PRAGMA journal_mode = WAL");
    }
  }

  /** While nothing captures it can; a capture that goes on afterwards emits the net changes. */
  @Test
  void leavesWalModeAndComesBackWhileNothingCaptures() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection app = database.open();
        ReplicaOracle oracle = new ReplicaOracle(OracleOptions.DEFAULT)) {
      Path state = database.directory().resolve("state");
      TestDatabase.execute(app, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
      Markers.create(app);
      oracle.baseline(app);
      try (ChangeDataCapture setup =
          Waltap.open(database.path()).stateDirectory(state).handler(oracle).build()) {
        setup.setup();
      }
      for (int i = 1; i < 10; i += 3) {
        TestDatabase.execute(
            app,
            "INSERT INTO t VALUES(" + i + ", 'in the WAL')",
            "PRAGMA journal_mode = " + (i % 2 == 0 ? "DELETE" : "TRUNCATE"),
            "INSERT INTO t VALUES(" + (i + 1) + ", 'behind its back')",
            "UPDATE t SET v = " + i + " WHERE id < " + i);
        assertThatThrownBy(() -> catchUp(database.path(), state, oracle))
            .hasMessageContaining("not in WAL mode");
        TestDatabase.execute(
            app, "PRAGMA journal_mode = WAL", "INSERT INTO t VALUES(" + (i + 2) + ", 'back')");
        catchUp(database.path(), state, oracle);
        oracle.compareWith(app);
        assertThat(oracle.rows("t")).isEqualTo(i + 2);
      }
    }
  }

  private static void catchUp(Path database, Path state, ReplicaOracle oracle) {
    try (ChangeDataCapture capture =
        Waltap.open(database).stateDirectory(state).once(true).handler(oracle).build()) {
      capture.cdc();
    }
  }

  @Test
  void rollsBackHugeTransactions() throws Exception {
    try (Busy busy = new Busy("PRAGMA cache_size = 10")) {
      for (int i = 0; i < 20; i++) {
        busy.run(
            "BEGIN",
            "INSERT INTO t(v, b) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                + " WHERE i < 500) SELECT i, randomblob(1000) FROM n",
            i % 3 == 0 ? "COMMIT" : "ROLLBACK");
      }
      busy.settle();
    }
  }

  /** SQLite's own way to restore writes pages through the log, as a transaction. */
  @Test
  void restoresABackupBySqlite() throws Exception {
    assumeTrue(TestDatabase.hasShell(), "no sqlite3 shell");
    try (Busy busy = new Busy()) {
      String copy = busy.database.directory().resolve("copy.db").toString();
      busy.run("INSERT INTO t VALUES(2, 'saved', x'02')");
      busy.database.shell(".backup '" + copy + "'");
      busy.run("DELETE FROM t", "CREATE TABLE later(a)", "INSERT INTO later VALUES(1)");
      busy.settle();
      busy.database.shell(".restore '" + copy + "'");
      busy.settle();
      try (Statement statement = busy.app.createStatement();
          ResultSet row = statement.executeQuery("SELECT count(*) FROM t")) {
        assertThat(row.getLong(1)).isEqualTo(2);
      }
      Markers.create(busy.app);
    }
  }
}
