// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks SQLite what a table looks like; used from one thread, like its connection. */
final class ShapeReader {
  private final Connection connection;

  ShapeReader(Connection connection) {
    this.connection = connection;
  }

  Shape read(String table, String sql) throws SQLException {
    List<Shape.Column> columns = new ArrayList<>();
    Set<String> allNames = new HashSet<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT name, type, pk, dflt_value, hidden FROM pragma_table_xinfo(?)")) {
      query.setString(1, table);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          allNames.add(Names.fold(rows.getString(1)));
          int hidden = rows.getInt(5);
          if (hidden == 0 || hidden == 3) {
            columns.add(
                new Shape.Column(
                    rows.getString(1),
                    rows.getString(2),
                    rows.getInt(3),
                    rows.getString(4),
                    hidden == 3));
          }
        }
      }
    }
    boolean withoutRowid = flag(table, "wr");
    String keyIndex = keyIndex(table);
    boolean aliased =
        !withoutRowid && keyIndex == null && columns.stream().anyMatch(c -> c.key() > 0);
    return new Shape(
        table,
        sql,
        columns,
        withoutRowid,
        flag(table, "strict"),
        aliased,
        withoutRowid && keyIndex != null ? order(keyIndex) : List.of(),
        withoutRowid ? null : rowidName(columns, aliased, allNames));
  }

  private static @Nullable String rowidName(
      List<Shape.Column> columns, boolean aliased, Set<String> allNames) {
    if (aliased) {
      return columns.stream().filter(c -> c.key() > 0).findFirst().orElseThrow().name();
    }
    for (String name : List.of("rowid", "_rowid_", "oid")) {
      if (!allNames.contains(name)) {
        return name;
      }
    }
    return null;
  }

  private boolean flag(String table, String column) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT " + column + " FROM pragma_table_list WHERE schema = 'main' AND name = ?")) {
      query.setString(1, table);
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getInt(1) != 0;
      }
    }
  }

  private @Nullable String keyIndex(String table) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT name FROM pragma_index_list(?) WHERE origin = 'pk'")) {
      query.setString(1, table);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  private List<Shape.SortColumn> order(String index) throws SQLException {
    List<Shape.SortColumn> order = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT name, desc, coll FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno")) {
      query.setString(1, index);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          order.add(
              new Shape.SortColumn(rows.getString(1), rows.getInt(2) != 0, rows.getString(3)));
        }
      }
    }
    return order;
  }
}
