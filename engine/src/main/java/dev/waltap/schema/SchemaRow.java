// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import org.jspecify.annotations.Nullable;

/**
 * One row of {@code sqlite_schema}, as stored.
 *
 * @param rowid its rowid: SQLite reads the schema in this order
 * @param type table, index, view or trigger
 * @param name the name of the object
 * @param tableName the table it belongs to
 * @param rootPage the root of its b-tree; 0 for views, triggers and virtual tables
 * @param sql the statement that made it; null for automatic indexes
 */
public record SchemaRow(
    long rowid, String type, String name, String tableName, long rootPage, @Nullable String sql) {

  /** Whether this is a table that users made, virtual ones included. */
  public boolean isUserTable() {
    return type.equals("table") && !name.regionMatches(true, 0, "sqlite_", 0, 7);
  }
}
