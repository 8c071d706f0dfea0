// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.record.Names;
import dev.waltap.record.Value;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What columns read as in rows that were written before ALTER TABLE ADD COLUMN: the literal after
 * DEFAULT under the column's affinity. A default that is no constant can't be added to a table with
 * rows, and reads as NULL here.
 */
final class DefaultValues {

  /** Columns to a query: with three expressions each, well below SQLite's limit of 2000. */
  private static final int CHUNK = 250;

  private DefaultValues() {}

  /** The defaults that are not NULL, by index in {@code columns}. */
  static Map<Integer, Value> of(Scratch scratch, String table, List<DeclaredColumn> columns)
      throws SQLException {
    List<Integer> asked = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).mayBeMissing()) {
        asked.add(i);
      }
    }
    Map<Integer, Value> values = new HashMap<>();
    for (int from = 0; from < asked.size(); from += CHUNK) {
      List<Integer> chunk = asked.subList(from, Math.min(from + CHUNK, asked.size()));
      try {
        ask(scratch, table, columns, chunk, values);
      } catch (SQLException e) {
        askOneByOne(scratch, table, columns, chunk, values);
      }
    }
    return values;
  }

  private static void askOneByOne(
      Scratch scratch,
      String table,
      List<DeclaredColumn> columns,
      List<Integer> asked,
      Map<Integer, Value> values) {
    for (Integer column : asked) {
      try {
        ask(scratch, table, columns, List.of(column), values);
      } catch (SQLException e) {
        // SQLite can't say what it is, so no row was ever without it.
        values.remove(column);
      }
    }
  }

  private static void ask(
      Scratch scratch,
      String table,
      List<DeclaredColumn> columns,
      List<Integer> asked,
      Map<Integer, Value> values)
      throws SQLException {
    StringBuilder sql = new StringBuilder("SELECT ");
    for (Integer column : asked) {
      String name = Names.quote(columns.get(column).name());
      sql.append(sql.length() > 7 ? "," : "");
      sql.append("typeof(").append(name).append("),").append(name);
      sql.append(",CAST(").append(name).append(" AS BLOB)");
    }
    // No index may answer: only the table has the short record.
    sql.append(" FROM main.").append(Names.quote(table)).append(" NOT INDEXED");
    scratch.query(
        sql.toString(),
        rs -> {
          for (int i = 0; i < asked.size(); i++) {
            values.put(asked.get(i), value(rs, 3 * i + 1));
          }
          return true;
        });
  }

  static Value value(ResultSet rs, int at) throws SQLException {
    return switch (rs.getString(at)) {
      case "integer" -> Value.integer(rs.getLong(at + 1));
      case "real" -> Value.real(rs.getDouble(at + 1));
      case "text" -> Value.text(bytes(rs, at + 2));
      case "blob" -> Value.blob(bytes(rs, at + 2));
      default -> Value.NULL;
    };
  }

  /** The driver may give null for bytes of length zero. */
  private static byte[] bytes(ResultSet rs, int at) throws SQLException {
    byte[] bytes = rs.getBytes(at);
    return bytes == null ? new byte[0] : bytes;
  }
}
