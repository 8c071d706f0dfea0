// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.record.Names;
import dev.waltap.record.StoredColumns;
import dev.waltap.record.StoredRow;
import dev.waltap.schema.ColumnConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Statements that bring rows to what they are after a transaction. An image is written whole, over
 * whatever has its key or one of its unique values: such a row has changed, too, and its own
 * statement follows or stands before. So the order of rows does not matter, and statements may be
 * run again from an earlier transaction on. For one thread.
 */
final class SqlRows {
  private static final List<String> ROWID_NAMES = List.of("rowid", "_rowid_", "oid");

  private final Map<TableSchema, ColumnConstraints> constraints = new HashMap<>();

  /** Writes a row over what is there. */
  void put(Change change, Row row, StringBuilder sql) throws IOException {
    String rowid = rowidName(row);
    sql.append("INSERT OR REPLACE INTO ");
    SqlText.name(change.table(), sql);
    StringBuilder values = new StringBuilder();
    String separator = "(";
    if (rowid != null) {
      sql.append(separator).append(rowid);
      values.append(stored(row).rowid());
      separator = ",";
    }
    for (int i = 0; i < row.size(); i++) {
      if (!isGenerated(row, i)) {
        sql.append(separator);
        SqlText.name(row.names().get(i), sql);
        values.append(values.length() == 0 ? "" : ",");
        SqlText.value(row, i, values);
        separator = ",";
      }
    }
    sql.append(") VALUES(").append(values).append(");\n");
  }

  /**
   * Deletes a row.
   *
   * @param names what the key's columns are called now
   */
  void delete(Change change, Row row, Row key, Map<String, String> names, StringBuilder sql)
      throws IOException {
    sql.append("DELETE FROM ");
    SqlText.name(change.table(), sql);
    String rowid = row instanceof StoredColumns ? rowid(row) : null;
    if (rowid != null) {
      sql.append(" WHERE ").append(rowid).append('=').append(stored(row).rowid()).append(";\n");
      return;
    }
    String separator = " WHERE ";
    for (int i = 0; i < key.size(); i++) {
      sql.append(separator);
      String name = key.names().get(i);
      SqlText.name(names.getOrDefault(name, name), sql);
      sql.append(" IS ");
      SqlText.value(key, i, sql);
      separator = " AND ";
    }
    sql.append(";\n");
  }

  /** How a row's rowid is called; null where it has none, or a column is it. */
  private @Nullable String rowidName(Row row) throws IOException {
    if (!(row instanceof StoredColumns) || stored(row).layout().rowidColumn() >= 0) {
      return null;
    }
    return rowid(row);
  }

  private static @Nullable String rowid(Row row) throws IOException {
    TableSchema table = row.schema();
    if (stored(row).layout().withoutRowid()) {
      return null;
    }
    return table == null ? ROWID_NAMES.get(0) : rowidName(table);
  }

  /** A name of the rowid that no column has. */
  static String rowidName(TableSchema table) throws IOException {
    for (String name : ROWID_NAMES) {
      if (table.columns().stream().noneMatch(column -> Names.same(column.name(), name))) {
        return name;
      }
    }
    throw new IOException(
        "no statement can name the rowid of " + table.name() + ": exclude the table");
  }

  private static StoredRow stored(Row row) {
    return ((StoredColumns) row).stored();
  }

  private boolean isGenerated(Row row, int index) {
    TableSchema table = row.schema();
    return table != null && constraints(table).isGenerated(row.names().get(index));
  }

  ColumnConstraints constraints(TableSchema table) {
    return constraints.computeIfAbsent(table, ColumnConstraints::of);
  }

  /** Forgets a table, as it was. */
  void forget(@Nullable TableSchema table) {
    constraints.remove(table);
  }

  /** Whether two versions of a table identify rows by the same, so that those can stay. */
  boolean keepsKeys(TableSchema before, TableSchema after, int[] sources) {
    boolean keyed = constraints(before).withoutRowid();
    if (keyed != constraints(after).withoutRowid()) {
      return false;
    }
    return !keyed || keyOf(before).equals(keyOf(after, before, sources));
  }

  private static List<String> keyOf(TableSchema table) {
    return table.columns().stream()
        .filter(column -> column.key() > 0)
        .map(ColumnSchema::name)
        .sorted()
        .toList();
  }

  private static List<String> keyOf(TableSchema after, TableSchema before, int[] sources) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < sources.length; i++) {
      if (after.columns().get(i).key() > 0) {
        names.add(sources[i] < 0 ? "" : before.columns().get(sources[i]).name());
      }
    }
    return names.stream().sorted().toList();
  }
}
