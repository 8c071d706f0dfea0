// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/** What SQLite says of a database file, in memory. For one thread, which closes it. */
final class SqliteJudge implements AutoCloseable {
  private static final int WRITE_VERSION = 18;
  private static final int READ_VERSION = 19;

  private Connection connection;

  SqliteJudge() throws SQLException {
    this.connection = open();
  }

  private static Connection open() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite::memory:");
  }

  /** All rows; null if SQLite finds something wrong, or can't read them. */
  @Nullable Snapshot read(byte[] database) throws SQLException {
    if (database[WRITE_VERSION] != 2 || database[READ_VERSION] != 2) {
      return null; // No database in WAL mode any more.
    }
    byte[] image = database.clone();
    image[WRITE_VERSION] = 1; // In memory there is no WAL.
    image[READ_VERSION] = 1;
    try {
      connection.unwrap(SQLiteConnection.class).deserialize("main", image);
      return read(connection);
    } catch (SQLException e) {
      connection.close(); // Whatever that left behind.
      connection = open();
      return null;
    }
  }

  /**
   * All rows; null if SQLite finds something wrong, or if a name is malformed, since SQL takes it
   * for a string then.
   *
   * @throws SQLException if SQLite can't read them
   */
  static @Nullable Snapshot read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA integrity_check(1)")) {
      if (!row.next() || !row.getString(1).equals("ok")) {
        return null;
      }
    }
    Snapshot snapshot = new SnapshotReader(connection, table -> true).read();
    boolean named =
        snapshot.tables().values().stream()
            .flatMap(table -> table.shape().names().stream())
            .noneMatch(name -> name.indexOf('\uFFFD') >= 0);
    return named ? snapshot : null;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
