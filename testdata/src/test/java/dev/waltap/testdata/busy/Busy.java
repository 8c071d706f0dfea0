// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.busy;

import dev.waltap.testdata.Captures;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.sql.Connection;
import java.time.Duration;

/** A database with a table {@code t} and a row in it, and its capture, judged by the oracle. */
final class Busy implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);

  final TestDatabase database;
  final Connection app;
  final ReplicaOracle oracle;
  final OracleHarness harness;
  private long marker;

  Busy(String... statements) throws Exception {
    this(Captures.waltap(), statements);
  }

  Busy(OracleHarness.CaptureFactory factory, String... statements) throws Exception {
    database = TestDatabase.create();
    app = database.open();
    TestDatabase.execute(app, "PRAGMA synchronous = NORMAL");
    TestDatabase.execute(app, statements);
    TestDatabase.execute(
        app,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT, b BLOB)",
        "INSERT INTO t VALUES(1, 'one', x'01')");
    Markers.create(app);
    oracle = new ReplicaOracle(OracleOptions.DEFAULT);
    oracle.baseline(app);
    harness = new OracleHarness(database.path(), oracle, factory, capture -> capture.cdc());
    harness.start().awaitReady(LIMIT);
  }

  void run(String... statements) throws Exception {
    TestDatabase.execute(app, statements);
  }

  /** Waits until all is emitted, and compares. */
  void settle() throws Exception {
    harness.settle(app, ++marker, LIMIT);
  }

  /** As if by another connection than the application's. */
  void settleBy(Connection connection) throws Exception {
    harness.settle(connection, ++marker, LIMIT);
  }

  long overruns() {
    return harness.capture().metrics().overruns();
  }

  @Override
  public void close() throws Exception {
    try (TestDatabase files = database;
        Connection last = app;
        ReplicaOracle judge = oracle) {
      harness.close();
    }
  }
}
