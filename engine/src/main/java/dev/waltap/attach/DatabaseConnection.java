// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.host.Reasons;
import dev.waltap.io.Closer;
import dev.waltap.io.FileNames;
import dev.waltap.sqlite.SqliteConnections;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The one SQLite connection of a capture. Idle, it keeps the WAL and the wal-index from being
 * removed; it reads when a snapshot is needed, and never writes. For the capture thread, which
 * closes it.
 *
 * <p>No statement of it makes SQLite parse the schema: the application's SQLite may accept what
 * ours does not, and parsing 10,000 tables takes long. So it runs no SELECT and no pragma that
 * looks at tables, such as {@code journal_mode}.
 */
public final class DatabaseConnection implements AutoCloseable {
  /**
   * Reads a field of the database header, under the read lock and mark that any other read takes.
   * Unlike a SELECT it needs no table, so that the schema is not parsed for it.
   */
  private static final String READ = "PRAGMA schema_version";

  /** One call each: a call costs more than the statements. */
  private static final String BEGIN = "BEGIN; " + READ;

  /**
   * Nothing is written by us: neither rows nor, by a checkpoint, pages. Whoever locks the database
   * for longer than {@link SqliteConnections} waits while this is opened is not just closing it.
   */
  private static final String OPEN =
      "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; "
          + BEGIN
          + "; COMMIT; PRAGMA busy_timeout = 10000";

  private final Path database;
  private final Statement statement;
  private final Closer closer;
  private boolean reading;
  private long readingSince;
  private long readNanos;

  private DatabaseConnection(Path database, Statement statement, Closer closer) {
    this.database = database;
    this.statement = statement;
    this.closer = closer;
  }

  /**
   * Opens the database, which must exist, and reads once.
   *
   * @throws CaptureException in words of its own if SQLite refuses
   */
  static DatabaseConnection open(Path database) {
    Closer closer = new Closer();
    try {
      Connection connection = closer.open(() -> SqliteConnections.open(database));
      Statement statement = closer.open(connection::createStatement);
      statement.executeUpdate(OPEN);
      return new DatabaseConnection(database, statement, closer);
    } catch (SQLException e) {
      throw closer.closeAfter(e, failure -> DatabaseChecks.unreadable(database, failure));
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /**
   * Begins a read transaction, which sees all that is committed, and keeps the log from being
   * reused until {@link #endRead}.
   *
   * @throws CaptureException if SQLite can't read
   */
  public void beginRead() {
    if (reading) {
      throw new IllegalStateException("reading already");
    }
    try {
      run(BEGIN);
    } catch (Throwable e) {
      rollbackQuietly();
      throw e;
    }
    reading = true;
    readingSince = System.nanoTime();
  }

  private void rollbackQuietly() {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      // There is nothing to end then; what failed before is what counts.
    }
  }

  /** Ends the read transaction; does nothing if there is none. */
  public void endRead() {
    if (reading) {
      reading = false;
      readNanos += System.nanoTime() - readingSince;
      run("COMMIT");
    }
  }

  boolean isReading() {
    return reading;
  }

  /** How long read transactions were held in all. */
  long readNanos() {
    return readNanos + (reading ? System.nanoTime() - readingSince : 0);
  }

  /** Begins and ends a read transaction: that makes SQLite recover a torn wal-index. */
  public void touch() {
    beginRead();
    endRead();
  }

  private void run(String sql) {
    try {
      statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw new CaptureException(
          DatabaseChecks.reasonOf(e),
          FileNames.text(database)
              + ": SQLite can't read it: "
              + Reasons.oneLine(e)
              + ": check that sqlite3 can, and start again",
          e);
    }
  }

  @Override
  public void close() {
    try {
      closer.close();
    } catch (IllegalStateException e) {
      throw new CaptureException(
          Reason.FAILED,
          FileNames.text(database)
              + ": SQLite can't close it: "
              + Reasons.oneLine(e)
              + "; what was delivered is saved: start again",
          e);
    }
  }
}
