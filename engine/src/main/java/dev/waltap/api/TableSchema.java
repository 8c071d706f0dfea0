// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.util.List;

/**
 * A table as a SCHEMA change describes it.
 *
 * @param name the table's name
 * @param sql the text of its CREATE TABLE statement, as SQLite stores it
 * @param columns its stored columns in table order (VIRTUAL generated columns are not stored)
 */
public record TableSchema(String name, String sql, List<ColumnSchema> columns) {

  public TableSchema {
    columns = List.copyOf(columns);
  }
}
