// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.jmh;

import dev.waltap.btree.Tree;
import dev.waltap.diff.TreeRows;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TextEncoding;
import dev.waltap.format.TreeKind;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.DatabaseFile;
import dev.waltap.record.ColumnLayout;
import dev.waltap.record.TableLayout;
import dev.waltap.record.Value;
import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One table of an SQLite database, and the database's pages as they are in the file. Every tenth
 * rowid is taken, so that rows can be put between others. For one thread, which closes it.
 */
final class SampleTable implements AutoCloseable {
  static final int ROWID_STEP = 10;

  private static final String TYPICAL =
      "(id INTEGER PRIMARY KEY, name TEXT, email TEXT, score REAL, quantity INTEGER,"
          + " created INTEGER, active INTEGER, note TEXT)";

  private final TestDatabase database;
  private final Connection connection;
  private final String name;
  private final TableLayout layout;

  private SampleTable(String name, String columns, List<ColumnLayout> stored) throws SQLException {
    this.name = name;
    this.database = TestDatabase.create();
    this.connection = database.open();
    TestDatabase.execute(connection, "CREATE TABLE " + name + columns);
    this.layout = TableLayout.rowidTable(name, tree().root(), TextEncoding.UTF_8, stored, 0, 0);
  }

  /** Rows of eight columns, about a hundred bytes each. */
  static SampleTable typical(int rows) throws SQLException {
    List<ColumnLayout> stored = new ArrayList<>();
    for (String column : "id name email score quantity created active note".split(" ")) {
      stored.add(new ColumnLayout(column, column.equals("score"), Value.NULL));
    }
    SampleTable table = new SampleTable("typical", TYPICAL, stored);
    table.fill(rows);
    return table;
  }

  /** Rows of very many columns. */
  static SampleTable wide(int columns, int rows) throws SQLException {
    List<ColumnLayout> stored = new ArrayList<>();
    StringBuilder sql = new StringBuilder("(id INTEGER PRIMARY KEY");
    stored.add(new ColumnLayout("id", false, Value.NULL));
    for (int i = 1; i < columns; i++) {
      sql.append(", c").append(i);
      stored.add(new ColumnLayout("c" + i, false, Value.NULL));
    }
    SampleTable table = new SampleTable("wide", sql.append(')').toString(), stored);
    table.fill(rows);
    return table;
  }

  private void fill(int rows) throws SQLException {
    Random random = new Random(1);
    String parameters = "?, ".repeat(layout.columnCount() - 1) + "?";
    TestDatabase.execute(connection, "BEGIN");
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO " + name + " VALUES(" + parameters + ")")) {
      for (int row = 1; row <= rows; row++) {
        insert.setLong(1, (long) row * ROWID_STEP);
        for (int column = 1; column < layout.columnCount(); column++) {
          insert.setObject(column + 1, value(layout.column(column).name(), random));
        }
        insert.executeUpdate();
      }
    }
    TestDatabase.execute(connection, "COMMIT");
  }

  private static Object value(String column, Random random) {
    return switch (column) {
      case "name" -> "customer number " + random.nextInt(100_000);
      case "email" -> "customer" + random.nextInt(100_000) + "@example.org";
      case "score" -> random.nextInt(100_000) / 8.0;
      case "created" -> 1_700_000_000_000L + random.nextInt();
      case "active" -> random.nextInt(2);
      case "note" -> "a note of some length, grüße " + random.nextInt(1000);
      default ->
          random.nextBoolean() ? (Object) random.nextInt(10_000) : "text " + random.nextInt();
    };
  }

  TestDatabase database() {
    return database;
  }

  Connection connection() {
    return connection;
  }

  TableLayout layout() {
    return layout;
  }

  Tree tree() throws SQLException {
    int root =
        (int)
            TestDatabase.number(
                connection, "SELECT rootpage FROM sqlite_schema WHERE name = '" + name + "'");
    return new Tree(0, root, TreeKind.TABLE, name);
  }

  void execute(String sql) throws SQLException {
    TestDatabase.execute(connection, sql);
  }

  /** All pages as of now; page N at index N. */
  byte[][] pages() throws SQLException, IOException {
    TestDatabase.execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    byte[] file = read();
    int size = pageSize(file);
    byte[][] pages = new byte[file.length / size + 1][];
    for (int i = 1; i < pages.length; i++) {
      pages[i] = Arrays.copyOfRange(file, (i - 1) * size, i * size);
    }
    return pages;
  }

  /** The payloads of all rows, in the order of their rowids. */
  List<byte[]> payloads() throws SQLException, IOException {
    byte[][] pages = pages();
    List<byte[]> payloads = new ArrayList<>();
    new TreeRows(format(), number -> pages[number])
        .forEach(tree(), row -> payloads.add(row.copyPayload()));
    return payloads;
  }

  PageFormat format() throws IOException {
    int size = pageSize(read());
    return new PageFormat(size, size);
  }

  private static int pageSize(byte[] file) {
    return DatabaseHeader.parse(Arrays.copyOf(file, DatabaseHeader.SIZE)).pageSize();
  }

  private byte[] read() throws IOException {
    DatabaseFile file = ChannelRegistry.acquireDatabase(database.path());
    byte[] bytes = new byte[(int) file.size()];
    file.read(0, bytes, 0, bytes.length);
    file.release();
    return bytes;
  }

  @Override
  public void close() throws SQLException {
    try {
      connection.close();
    } finally {
      database.close();
    }
  }
}
