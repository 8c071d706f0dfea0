// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.api.Change;
import dev.waltap.api.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A table whose one row numbers the moments of a test: when the change to number N has been
 * emitted, all that was committed before has been.
 */
public final class Markers {
  /** The table's name. */
  public static final String TABLE = "waltap_marker";

  private Markers() {}

  /** Makes the table with number 0. */
  public static void create(Connection connection) throws SQLException {
    run(connection, "CREATE TABLE IF NOT EXISTS " + TABLE + "(id INTEGER PRIMARY KEY, n INTEGER)");
    run(connection, "INSERT OR IGNORE INTO " + TABLE + " VALUES(1, 0)");
  }

  /** Sets the number, in a transaction of its own in auto-commit mode. */
  public static void write(Connection connection, long number) throws SQLException {
    run(connection, "UPDATE " + TABLE + " SET n = " + number + " WHERE id = 1");
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The number that a change sets, or -1 if it sets none. */
  public static long numberIn(Change change) {
    Row after = change.after();
    return after != null && change.table().equals(TABLE) ? after.getLong("n") : -1;
  }
}
