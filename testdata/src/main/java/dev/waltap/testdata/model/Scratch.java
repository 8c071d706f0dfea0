// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * An empty database in memory that answers what a CREATE TABLE statement means and what a column's
 * default is. Used from one thread; its owner closes it.
 */
public final class Scratch implements AutoCloseable {
  private final Connection connection;
  private final Charset charset;

  /** Opens one whose text is encoded as given. */
  public Scratch(Charset charset) {
    this.charset = charset;
    try {
      connection = DriverManager.getConnection("jdbc:sqlite::memory:");
      if (!charset.equals(StandardCharsets.UTF_8)) {
        run("PRAGMA encoding = '" + charset.name() + "'");
      }
      // As ALTER TABLE leaves them, schemas may hold what CREATE TABLE would refuse today.
      run("PRAGMA legacy_alter_table = ON");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the statement, as SQLite stores it, makes of the table of this name. */
  public Shape shape(String name, String sql) {
    try {
      run("BEGIN");
      try {
        run(sql);
        return new ShapeReader(connection).read(name, sql);
      } finally {
        run("ROLLBACK");
      }
    } catch (SQLException e) {
      throw new IllegalArgumentException("SQLite does not understand " + sql, e);
    }
  }

  /** What rows hold that were there before the column was added. */
  public Value defaultOf(Shape shape, Shape.Column column) {
    if (column.defaultSql() == null) {
      return Value.NULL;
    }
    // ADD COLUMN lets a STRICT table have a default that no INSERT could; a word in double quotes
    // is
    // a text there, but a column's name in an expression.
    List<String> options = shape.strict() ? List.of(" STRICT", "") : List.of("");
    SQLException refused = null;
    for (String option : options) {
      for (String expression : List.of("(" + column.defaultSql() + ")", column.defaultSql())) {
        try {
          return defaultOf(column.type(), expression, option);
        } catch (SQLException e) {
          refused = e;
        }
      }
    }
    throw new IllegalArgumentException("no default of " + shape.sql(), refused);
  }

  private Value defaultOf(String type, String expression, String options) throws SQLException {
    run("BEGIN");
    try (Statement statement = connection.createStatement()) {
      run("CREATE TABLE d(c " + type + " DEFAULT " + expression + ")" + options);
      run("INSERT INTO d DEFAULT VALUES");
      try (ResultSet row =
          statement.executeQuery(
              "SELECT typeof(c), CASE typeof(c) WHEN 'text' THEN CAST(c AS BLOB) ELSE c END"
                  + " FROM d")) {
        return SnapshotReader.value(row, 1, charset);
      }
    } finally {
      run("ROLLBACK");
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
