// SPDX-License-Identifier: Apache-2.0
package dev.waltap.changeset;

import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.schema.ColumnConstraints;
import java.util.List;

/**
 * A table as a changeset describes it: its columns but those that SQLite computes, by their order.
 *
 * @param columns in table order
 */
record ChangesetTable(List<ColumnSchema> columns) {

  static ChangesetTable of(TableSchema schema) {
    ColumnConstraints constraints = ColumnConstraints.of(schema);
    return new ChangesetTable(
        schema.columns().stream()
            .filter(column -> !constraints.isGenerated(column.name()))
            .toList());
  }

  int size() {
    return columns.size();
  }

  String column(int index) {
    return columns.get(index).name();
  }

  int placeInKey(int index) {
    return columns.get(index).key();
  }

  boolean isKey(int index) {
    return columns.get(index).key() > 0;
  }

  /** Whether rows can be named at all. */
  boolean hasKey() {
    return columns.stream().anyMatch(column -> column.key() > 0);
  }

  /** Whether this row can be named: NULL equals nothing. */
  boolean names(Row row) {
    return columns.stream()
        .noneMatch(column -> column.key() > 0 && row.isNull(row.indexOf(column.name())));
  }
}
