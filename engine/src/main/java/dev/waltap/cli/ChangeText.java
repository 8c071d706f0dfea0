// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.Change;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.text.ChangedColumns;
import dev.waltap.text.Paint;
import dev.waltap.text.ValueText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change for people: of an update only what changed, of a schema its SQL. For one thread. */
final class ChangeText {
  private final Paint paint;

  ChangeText(Paint paint) {
    this.paint = paint;
  }

  /** Its lines, the first of which begins with the table and the operation. */
  List<String> of(Change change) {
    String table = ValueText.name(change.table()) + " ";
    return switch (change.operation()) {
      case INSERT -> List.of(table + paint.green("INSERT") + columns(change, change.after()));
      case DELETE -> List.of(table + paint.red("DELETE") + columns(change, change.before()));
      case UPDATE -> List.of(table + paint.yellow("UPDATE") + update(change));
      case SCHEMA, BOOTSTRAP -> schema(table + paint.magenta("SCHEMA"), change);
    };
  }

  private static String columns(Change change, @Nullable Row row) {
    StringBuilder text = new StringBuilder();
    Row key = change.key();
    if (key != null && row != null && row.indexOf(key.names().get(0)) < 0) {
      append(text, key);
    }
    if (row != null) {
      append(text, row);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Row row) {
    for (int i = 0; i < row.size(); i++) {
      text.append(text.isEmpty() ? " " : ", ").append(column(row, i));
    }
  }

  private static String column(Row row, int index) {
    return ValueText.name(row.names().get(index)) + "=" + ValueText.of(row, index);
  }

  /** {@code id=1: name 'Ada' → 'Eve'}. */
  private String update(Change change) {
    Row before = change.before();
    Row after = change.after();
    if (before == null || after == null) {
      return "";
    }
    StringBuilder key = new StringBuilder();
    if (change.key() != null) {
      append(key, change.key());
    }
    List<String> changed = new ArrayList<>();
    for (int index : ChangedColumns.of(before, after)) {
      String name = after.names().get(index);
      int earlier = before.indexOf(name);
      String value =
          earlier < 0
              ? "new: " + ValueText.of(after, index)
              : ValueText.change(before, earlier, after, index);
      changed.add(paint.bold(ValueText.name(name)) + " " + value);
    }
    return key + ": " + String.join(", ", changed);
  }

  private static List<String> schema(String start, Change change) {
    TableSchema before = change.schemaBefore();
    TableSchema after = change.schemaAfter();
    if (before == null || after == null) {
      return List.of(
          start
              + (after == null ? " dropped; it was: " : " created: ")
              + (after != null ? sql(after) : before != null ? sql(before) : ""));
    }
    boolean renamed = !before.name().equals(after.name());
    return List.of(
        start + (renamed ? " renamed to " + ValueText.name(after.name()) : " altered") + ":",
        "  - " + sql(before),
        "  + " + sql(after));
  }

  private static String sql(TableSchema table) {
    return ValueText.visible(Console.oneLine(table.sql()));
  }
}
