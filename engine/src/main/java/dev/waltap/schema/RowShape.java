// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.api.TableSchema;
import dev.waltap.record.Names;
import dev.waltap.record.TableLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which columns of a table make a row, under which names: shared by all rows of the table. */
final class RowShape {

  private final @Nullable TableSchema declaration;
  private final int[] columns;
  private final List<String> names;
  private final Map<String, Integer> indexes = new HashMap<>();

  RowShape(TableLayout layout, @Nullable TableSchema declaration, int[] columns) {
    this.declaration = declaration;
    this.columns = columns;
    List<String> named = new ArrayList<>(columns.length);
    for (int column : columns) {
      indexes.putIfAbsent(Names.fold(layout.column(column).name()), named.size());
      named.add(layout.column(column).name());
    }
    this.names = List.copyOf(named);
  }

  int size() {
    return columns.length;
  }

  List<String> names() {
    return names;
  }

  /** The table, if more than its layout is known. */
  @Nullable TableSchema declaration() {
    return declaration;
  }

  int indexOf(String name) {
    return indexes.getOrDefault(Names.fold(name), -1);
  }

  /** For each index of the row, the column of the table's layout; to be read only. */
  int[] columns() {
    return columns;
  }
}
