// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.record.Names;

/**
 * A virtual table: a name, and a module that keeps its rows wherever it likes, often in shadow
 * tables called {@code NAME_SUFFIX}.
 *
 * @param name its name
 * @param sql its CREATE VIRTUAL TABLE statement
 */
record VirtualTable(String name, String sql) {

  /**
   * The name of its module, in its own case; empty if the statement is none that SQLite wrote.
   * SQLite itself keeps it in no place that can be asked without the module.
   */
  String module() {
    SqlTokens tokens = new SqlTokens(sql);
    while (tokens.next()) {
      if (tokens.isWord("using")) {
        return tokens.next() ? tokens.name() : "";
      }
    }
    return "";
  }

  /** Whether a table's name is one that this virtual table's shadow tables have. */
  boolean mayOwn(String table) {
    int length = name.length();
    return table.length() > length
        && table.charAt(length) == '_'
        && Names.same(table.substring(0, length), name);
  }

  /** Its row of {@code sqlite_schema}, as far as that was kept. */
  SchemaRow row() {
    return new SchemaRow(0, "table", name, name, 0, sql);
  }
}
