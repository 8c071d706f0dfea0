// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Read transactions on a database whose schema this SQLite can't parse. */
class DatabaseConnectionTest {
  @TempDir private Path directory = Path.of("");
  private Path database = Path.of("");

  @BeforeEach
  void makesAnUnreadableSchema() throws SQLException {
    database = directory.resolve("app.db");
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
      statement.execute("PRAGMA writable_schema = ON");
      statement.execute(
          "INSERT INTO sqlite_schema VALUES('table', 'f', 'f', 2, 'CREATE TABLE f(x FUTURE =>"
              + " 1)')");
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + database);
  }

  @Test
  void readsWithoutParsingTheSchema() throws SQLException {
    try (Connection writer = connect();
        Statement statement = writer.createStatement()) {
      // Passes over what it can't parse, as an application's newer SQLite has no need to.
      statement.execute("PRAGMA writable_schema = ON");
      try (DatabaseConnection reader = DatabaseConnection.open(database)) {
        statement.execute("INSERT INTO t(v) VALUES(1)");
        reader.beginRead();
        assertThat(restart(statement)).as("held up by the reader").isEqualTo(1);
        statement.execute("INSERT INTO t(v) VALUES(2)");
        reader.endRead();
        assertThat(restart(statement)).as("nobody reads").isEqualTo(0);
        reader.touch();
        assertThat(reader.isReading()).isFalse();
      }
    }
  }

  /** Whether a checkpoint could not start the WAL again because of a reader. */
  private static int restart(Statement statement) throws SQLException {
    statement.execute("PRAGMA busy_timeout = 0");
    try (ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(RESTART)")) {
      result.next();
      return result.getInt(1);
    }
  }
}
