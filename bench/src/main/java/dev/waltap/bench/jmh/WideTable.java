// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.jmh;

import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table of so many columns, numbers and short texts in turns, the last one a BLOB if asked for;
 * and the transactions that change it. For one thread, which closes it.
 */
final class WideTable implements AutoCloseable {
  private static final int BLOB_BYTES = 1000;

  /** As many values as take the bytes of a BLOB. */
  private static final int BLOB_VALUES = 200;

  /** As many arguments as every build of SQLite lets a function have. */
  private static final int MAX_ARGUMENTS = 100;

  /** A transaction changes so many values, so that those of wide rows take as long as others. */
  private static final int VALUES_PER_TRANSACTION = 3200;

  private final TestDatabase database;
  private final Connection connection;
  private final int columns;
  private final boolean blob;
  private final Random random = new Random(5);
  private final PreparedStatement insert;
  private final PreparedStatement update;
  private final PreparedStatement delete;
  private long next = 1;

  WideTable(int columns, boolean blob) throws SQLException {
    this.columns = columns;
    this.blob = blob;
    this.database = TestDatabase.create();
    this.connection = database.open();
    TestDatabase.execute(
        connection,
        "CREATE TABLE wide(id INTEGER PRIMARY KEY, " + list(i -> "c" + i, ", ") + ")",
        "CREATE TABLE log(seq INTEGER PRIMARY KEY, line TEXT)");
    insert =
        connection.prepareStatement("INSERT INTO wide VALUES(?, " + list(i -> "?", ", ") + ")");
    update = connection.prepareStatement("UPDATE wide SET c1 = c1 + 1 WHERE id = ?");
    delete = connection.prepareStatement("DELETE FROM wide WHERE id = ?");
    connection.setAutoCommit(false);
    insertRows();
  }

  private String list(IntFunction<String> column, String separator) {
    return IntStream.range(1, columns).mapToObj(column).collect(Collectors.joining(separator));
  }

  TestDatabase database() {
    return database;
  }

  /** How many rows a transaction changes. */
  int rows() {
    return Math.max(1, VALUES_PER_TRANSACTION / (columns + (blob ? BLOB_VALUES : 0)));
  }

  /** Triggers that write both images of each changed row into the log. */
  void createTriggers() throws SQLException {
    for (String operation : List.of("INSERT", "UPDATE", "DELETE")) {
      TestDatabase.execute(
          connection,
          "CREATE TRIGGER log_"
              + operation
              + " AFTER "
              + operation
              + " ON wide BEGIN INSERT INTO log(line) VALUES(json_array('"
              + operation
              + "', "
              + (operation.equals("INSERT") ? "NULL" : image("OLD"))
              + ", "
              + (operation.equals("DELETE") ? "NULL" : image("NEW"))
              + ")); END");
    }
    connection.commit();
  }

  private String image(String side) {
    List<String> parts = new ArrayList<>();
    for (int first = 1; first < columns; first += MAX_ARGUMENTS) {
      parts.add(
          IntStream.range(first, Math.min(columns, first + MAX_ARGUMENTS))
              .mapToObj(i -> value(side + ".c" + i, i))
              .collect(Collectors.joining(", ", "json_array(", ")")));
    }
    return "json_array(" + side + ".id, " + String.join(", ", parts) + ")";
  }

  private String value(String column, int index) {
    return isBlob(index) ? "hex(" + column + ")" : column;
  }

  private boolean isBlob(int index) {
    return blob && index == columns - 1;
  }

  /** Reads and deletes what triggers wrote; returns how many lines that was. */
  int drain() throws SQLException {
    int lines = 0;
    try (Statement statement = connection.createStatement()) {
      try (ResultSet log = statement.executeQuery("SELECT line FROM log ORDER BY seq")) {
        while (log.next()) {
          lines += log.getString(1).isEmpty() ? 0 : 1;
        }
      }
      statement.executeUpdate("DELETE FROM log");
    }
    connection.commit();
    return lines;
  }

  /** A transaction that inserts rows behind all others. */
  void insertRows() throws SQLException {
    for (int row = 0; row < rows(); row++) {
      insert.setLong(1, next++);
      for (int i = 1; i < columns; i++) {
        set(i);
      }
      insert.executeUpdate();
    }
    connection.commit();
  }

  private void set(int column) throws SQLException {
    if (isBlob(column)) {
      byte[] bytes = new byte[BLOB_BYTES];
      random.nextBytes(bytes);
      insert.setBytes(column + 1, bytes);
    } else if (column % 2 == 1) {
      insert.setInt(column + 1, random.nextInt(30_000));
    } else {
      insert.setString(column + 1, "text " + (char) ('a' + random.nextInt(26)));
    }
  }

  /** A transaction that updates one column of the last rows. */
  void updateRows() throws SQLException {
    for (int row = 1; row <= rows(); row++) {
      update.setLong(1, next - row);
      update.executeUpdate();
    }
    connection.commit();
  }

  /** A transaction that deletes the last rows. */
  void deleteRows() throws SQLException {
    for (int row = 0; row < rows(); row++) {
      delete.setLong(1, --next);
      delete.executeUpdate();
    }
    connection.commit();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
    database.close();
  }
}
