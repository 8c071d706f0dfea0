// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.broker;

import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.ChangesHandler;
import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** How fast the rows of a table go to outputs: prints a table, and judges nothing. */
public final class OutputSpeed implements AutoCloseable {
  private static final int ROUNDS = 4;

  private final TestDatabase database = TestDatabase.create();
  private final long rows;

  /** Opens an output of its own for each round. */
  public interface Opening {
    Opened open(int round) throws Exception;
  }

  /** An output, and what to close behind it. */
  public record Opened(ChangesHandler handler, AutoCloseable closing) {}

  /** Makes a table of so many rows. */
  public OutputSpeed(long rows) throws SQLException {
    this.rows = rows;
    try (Connection writer = database.open()) {
      TestDatabase.execute(
          writer,
          "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, mail TEXT, score REAL, n INT)",
          "WITH RECURSIVE s(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM s LIMIT "
              + rows
              + ") INSERT INTO customer SELECT i, 'customer ' || i, 'c' || i || '@example.org',"
              + " i * 0.5, i % 100 FROM s");
    }
  }

  /** The database. */
  public TestDatabase database() {
    return database;
  }

  /** Prints the last of several rounds, as compiled as it gets. */
  public void measure(String what, int batchSize, Opening opening) throws Exception {
    long nanos = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Opened opened = opening.open(round);
      AtomicLong seen = new AtomicLong();
      try (AutoCloseable closing = opened.closing()) {
        long begun = System.nanoTime();
        bootstrap(batchSize, new Counting(opened.handler(), seen));
        nanos = System.nanoTime() - begun;
      }
      if (seen.get() < rows) {
        throw new AssertionError("only " + seen + " changes went to: " + what);
      }
    }
    System.out.printf(
        Locale.ROOT, "| %s | %,d | %.2f |%n", what, rows * 1_000_000_000L / nanos, nanos / 1e9);
  }

  private void bootstrap(int batchSize, ChangesHandler handler) {
    try (ChangeDataCapture capture =
        Waltap.open(database.path()).noState().batchSize(batchSize).handler(handler).build()) {
      capture.bootstrap();
    }
  }

  private record Counting(ChangesHandler to, AtomicLong seen) implements ChangesHandler {
    @Override
    public void handleChanges(List<Change> changes) throws Exception {
      to.handleChanges(changes);
      seen.addAndGet(changes.size());
    }

    @Override
    public void flush() throws Exception {
      to.flush();
    }
  }

  @Override
  public void close() throws Exception {
    database.close();
  }
}
