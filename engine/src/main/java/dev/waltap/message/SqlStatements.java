// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.schema.ColumnConstraints;
import dev.waltap.schema.ColumnMapping;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Statements that do to a copy of a database what a transaction did to the original. A table whose
 * schema changes is made again, with the rows it has: the log does not hold the statement that was
 * run. It must be given every change of a stream, in order, beginning with the first one of a
 * transaction. For one thread.
 */
final class SqlStatements {

  /** Nothing of the copy's own may stop or add to what happened in the original. */
  static final String PREAMBLE =
      "PRAGMA foreign_keys=OFF;PRAGMA ignore_check_constraints=ON;"
          + "PRAGMA recursive_triggers=OFF;PRAGMA legacy_alter_table=ON;\n";

  /** What a table is called while another is made of its rows. */
  private static final String FORMER = "waltap former ";

  private final SqlRows rows = new SqlRows();

  /** Tables whose schema changed in this transaction, by the name they have now. */
  private final Map<String, Altered> altered = new HashMap<>();

  private String transaction = "";

  /**
   * A change of a table.
   *
   * @param before the table as it was
   * @param names what its columns are called now, by what they were called
   * @param kept whether its rows stayed, to be changed one by one
   */
  private record Altered(TableSchema before, Map<String, String> names, boolean kept) {

    static Altered of(TableSchema before, TableSchema after, int[] sources, boolean kept) {
      Map<String, String> names = new HashMap<>();
      for (int i = 0; i < sources.length; i++) {
        if (sources[i] >= 0) {
          names.put(before.columns().get(sources[i]).name(), after.columns().get(i).name());
        }
      }
      return new Altered(before, names, kept);
    }
  }

  /** Appends the statements of a change, each ended by a semicolon and LF. */
  void append(Change change, StringBuilder sql) throws IOException {
    if (!transaction.equals(change.transaction().id())) {
      transaction = change.transaction().id();
      altered.clear();
      sql.append("BEGIN;\n");
    }
    switch (change.operation()) {
      case SCHEMA -> schema(change, sql);
      case BOOTSTRAP -> {
        sql.append("DELETE FROM ");
        SqlText.name(change.table(), sql);
        sql.append(";\n");
      }
      case INSERT, UPDATE -> rows.put(change, Objects.requireNonNull(change.after()), sql);
      case DELETE -> delete(change, sql);
    }
    if (change.transaction().last()) {
      sql.append("COMMIT;\n");
      transaction = "";
    }
  }

  private void delete(Change change, StringBuilder sql) throws IOException {
    Row before = Objects.requireNonNull(change.before());
    Row key = Objects.requireNonNull(change.key());
    Altered table = altered.get(change.table());
    boolean former = table != null && table.before().equals(before.schema());
    if (table != null && former && !table.kept()) {
      return; // None of its rows was kept.
    }
    rows.delete(change, before, key, table != null && former ? table.names() : Map.of(), sql);
  }

  private void schema(Change change, StringBuilder sql) throws IOException {
    TableSchema before = change.schemaBefore();
    TableSchema after = change.schemaAfter();
    rows.forget(before);
    if (before == null || after == null) {
      drop(change.table(), sql);
      create(after, sql);
      return;
    }
    int[] sources = ColumnMapping.between(before, after).sources();
    boolean kept = rows.keepsKeys(before, after, sources);
    altered.put(after.name(), Altered.of(before, after, sources, kept));
    String former = FORMER + before.name();
    sql.append("ALTER TABLE ");
    SqlText.name(before.name(), sql);
    sql.append(" RENAME TO ");
    SqlText.name(former, sql);
    sql.append(";\n");
    create(after, sql);
    if (kept) {
      copy(former, before, after, sources, sql);
    }
    drop(former, sql);
  }

  private static void drop(String table, StringBuilder sql) {
    sql.append("DROP TABLE IF EXISTS ");
    SqlText.name(table, sql);
    sql.append(";\n");
  }

  private static void create(@Nullable TableSchema table, StringBuilder sql) {
    if (table != null) {
      String text = table.sql();
      // SQLite keeps the text as it stands before the semicolon, so nothing else may.
      boolean comment = text.indexOf("--", text.lastIndexOf('\n') + 1) >= 0;
      sql.append(text).append(comment ? "\n;\n" : ";\n");
    }
  }

  private void copy(
      String former, TableSchema before, TableSchema after, int[] sources, StringBuilder sql)
      throws IOException {
    ColumnConstraints now = rows.constraints(after);
    StringBuilder names = new StringBuilder();
    StringBuilder values = new StringBuilder();
    if (!now.withoutRowid()) {
      names.append(SqlRows.rowidName(after));
      values.append(SqlRows.rowidName(before));
    }
    for (int i = 0; i < sources.length; i++) {
      ColumnSchema column = after.columns().get(i);
      if (sources[i] >= 0 && !now.isGenerated(column.name())) {
        names.append(names.length() == 0 ? "" : ",");
        values.append(values.length() == 0 ? "" : ",");
        SqlText.name(column.name(), names);
        SqlText.name(before.columns().get(sources[i]).name(), values);
      }
    }
    sql.append("INSERT OR REPLACE INTO ");
    SqlText.name(after.name(), sql);
    sql.append('(').append(names).append(") SELECT ").append(values).append(" FROM ");
    SqlText.name(former, sql);
    sql.append(";\n");
  }
}
