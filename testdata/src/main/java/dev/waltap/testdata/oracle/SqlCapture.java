// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.ChangesHandler;
import dev.waltap.testdata.model.ExpectedChange;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotDiff;
import dev.waltap.testdata.model.SnapshotReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * A capture that knows nothing but SQL: it looks at the whole database again and again and emits
 * the difference. Slow and, like a reconcile, blind to what happens between two looks; it shows
 * that oracle, harness and fuzzer work, and, with a fault built in, that they find faults.
 */
public final class SqlCapture implements ChangeDataCapture {
  private final Path database;
  private final ChangesHandler handler;
  private final CaptureListener listener;
  private final UnaryOperator<List<Change>> fault;
  private volatile boolean closed;

  /**
   * Makes one.
   *
   * @param fault what it makes of a transaction's changes before it emits them
   */
  public SqlCapture(
      Path database,
      ChangesHandler handler,
      CaptureListener listener,
      UnaryOperator<List<Change>> fault) {
    this.database = database;
    this.handler = handler;
    this.listener = listener;
    this.fault = fault;
  }

  @Override
  public void cdc() {
    run(false, true);
  }

  @Override
  public void bootstrap() {
    run(true, false);
  }

  @Override
  public void bootstrapAndCdc() {
    run(true, true);
  }

  private void run(boolean bootstrap, boolean changes) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      SnapshotReader reader = new SnapshotReader(connection, table -> true);
      long version = version(statement);
      Snapshot before = reader.read();
      try (Scratch scratch = new Scratch(before.charset())) {
        ChangeFeed feed = new ChangeFeed(1);
        if (bootstrap) {
          deliver(feed.transaction(SnapshotDiff.bootstrap(before)));
        }
        listener.ready();
        while (changes && !closed) {
          if (version(statement) == version) {
            LockSupport.parkNanos(100_000);
            continue;
          }
          version = version(statement);
          Snapshot after = reader.read();
          List<ExpectedChange> expected = SnapshotDiff.between(before, after, scratch);
          deliver(feed.transaction(expected));
          before = after;
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long version(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("PRAGMA data_version")) {
      return row.getLong(1);
    }
  }

  private void deliver(List<Change> changes) {
    List<Change> emitted = fault.apply(changes);
    if (!emitted.isEmpty()) {
      try {
        handler.handleChanges(emitted);
      } catch (Exception e) {
        throw new IllegalStateException("the handler threw", e);
      }
    }
  }

  @Override
  public boolean setup() {
    return false;
  }

  @Override
  public boolean teardown() {
    return false;
  }

  @Override
  public CaptureMetrics metrics() {
    throw new UnsupportedOperationException("a capture by SQL counts nothing");
  }

  @Override
  public void close() {
    closed = true;
  }
}
