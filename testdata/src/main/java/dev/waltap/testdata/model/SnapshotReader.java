// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads snapshots by SQL, which makes them independent of everything that reads pages. Keeps what
 * it learned of the schema between snapshots. Used from one thread, with a connection of its own in
 * auto-commit mode.
 */
public final class SnapshotReader {
  // SQLite allows 2000 result columns; each value takes two.
  private static final int COLUMNS_PER_QUERY = 400;

  private final Connection connection;
  private final Predicate<String> wanted;
  private final Map<String, Shape> shapes = new HashMap<>();

  /** Reads all ordinary tables that {@code wanted} accepts. */
  public SnapshotReader(Connection connection, Predicate<String> wanted) {
    this.connection = connection;
    this.wanted = wanted;
  }

  /** Reads the database as it is, in one read transaction. */
  public Snapshot read() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      try {
        Charset charset = charset(connection);
        SortedMap<String, Snapshot.Table> tables = new TreeMap<>(Names::compare);
        for (Listed listed : list(statement)) {
          Shape shape = shape(listed);
          tables.put(
              listed.name,
              new Snapshot.Table(shape, listed.rootPage, rows(statement, shape, charset)));
        }
        return new Snapshot(charset, tables);
      } finally {
        statement.execute("COMMIT");
      }
    }
  }

  /** The encoding of a database's text. */
  public static Charset charset(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA encoding")) {
      return switch (row.getString(1)) {
        case "UTF-16le" -> StandardCharsets.UTF_16LE;
        case "UTF-16be" -> StandardCharsets.UTF_16BE;
        default -> StandardCharsets.UTF_8;
      };
    }
  }

  private record Listed(String name, String sql, long rootPage) {}

  private List<Listed> list(Statement statement) throws SQLException {
    List<Listed> listed = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT s.name, s.sql, s.rootpage FROM sqlite_schema s JOIN pragma_table_list l"
                + " ON l.schema = 'main' AND l.name = s.name WHERE s.type = 'table'"
                + " AND l.type = 'table' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")) {
      while (rows.next()) {
        if (wanted.test(rows.getString(1))) {
          listed.add(new Listed(rows.getString(1), rows.getString(2), rows.getLong(3)));
        }
      }
    }
    return listed;
  }

  private Shape shape(Listed listed) throws SQLException {
    Shape known = shapes.get(listed.name);
    if (known == null || !known.sql().equals(listed.sql)) {
      known = new ShapeReader(connection).read(listed.name, listed.sql);
      shapes.put(listed.name, known);
    }
    return known;
  }

  private static List<Snapshot.StoredRow> rows(Statement statement, Shape shape, Charset charset)
      throws SQLException {
    List<String> names = shape.names();
    List<@Nullable Long> rowids = new ArrayList<>();
    List<List<Value>> values = new ArrayList<>();
    for (int from = 0; from < names.size(); from += COLUMNS_PER_QUERY) {
      int to = Math.min(names.size(), from + COLUMNS_PER_QUERY);
      try (ResultSet rows = statement.executeQuery(query(shape, names.subList(from, to)))) {
        for (int i = 0; rows.next(); i++) {
          if (from == 0) {
            long rowid = rows.getLong(1);
            rowids.add(rows.wasNull() ? null : rowid);
            values.add(new ArrayList<>(names.size()));
          }
          for (int column = 0; column < to - from; column++) {
            values.get(i).add(value(rows, 2 + 2 * column, charset));
          }
        }
      }
    }
    List<Snapshot.StoredRow> result = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      RowKey key = shape.keyOf(values.get(i), rowids.get(i));
      result.add(new Snapshot.StoredRow(rowids.get(i), key, new Image(names, values.get(i))));
    }
    return result;
  }

  private static String query(Shape shape, List<String> names) {
    String rowid = shape.rowidName() == null ? "NULL" : Names.quote(shape.rowidName());
    StringBuilder sql = new StringBuilder("SELECT ").append(rowid);
    for (String name : names) {
      String column = Names.quote(name);
      sql.append(", typeof(").append(column).append("), CASE typeof(").append(column);
      sql.append(") WHEN 'text' THEN CAST(").append(column).append(" AS BLOB) ELSE ");
      sql.append(column).append(" END");
    }
    // NOT INDEXED keeps SQLite from answering out of a covering index, in the index's order.
    sql.append(" FROM main.").append(Names.quote(shape.name())).append(" NOT INDEXED");
    if (shape.withoutRowid()) {
      sql.append(" ORDER BY ");
      for (int i = 0; i < shape.order().size(); i++) {
        Shape.SortColumn by = shape.order().get(i);
        sql.append(i == 0 ? "" : ", ").append(Names.quote(by.name())).append(" COLLATE ");
        sql.append(Names.quote(by.collation())).append(by.descending() ? " DESC" : "");
      }
    } else if (shape.rowidName() != null) {
      sql.append(" ORDER BY ").append(rowid);
    }
    return sql.toString();
  }

  static Value value(ResultSet rows, int column, Charset charset) throws SQLException {
    return switch (rows.getString(column)) {
      case "integer" -> Value.of(rows.getLong(column + 1));
      case "real" -> Value.of(rows.getDouble(column + 1));
      case "text" -> Value.text(bytes(rows, column + 1), charset);
      case "blob" -> Value.blob(bytes(rows, column + 1));
      default -> Value.NULL;
    };
  }

  private static byte[] bytes(ResultSet rows, int column) throws SQLException {
    byte[] bytes = rows.getBytes(column);
    return bytes == null ? new byte[0] : bytes;
  }
}
