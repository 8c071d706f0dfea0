// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.api.TableSchema;
import dev.waltap.record.TableLayout;

/**
 * A table that has rows of its own in the file.
 *
 * @param kind whether users write its rows themselves
 * @param layout how to decode its rows
 * @param declaration what a SCHEMA change says of it
 */
public record Table(Kind kind, TableLayout layout, TableSchema declaration) {

  /** Who a table belongs to. */
  public enum Kind {
    /** A table as users make them. */
    ORDINARY,
    /** One that a virtual table, such as one of FTS5, keeps its data in. */
    SHADOW
  }

  /** The table's name. */
  public String name() {
    return declaration.name();
  }

  /** The text of its CREATE TABLE statement. */
  public String sql() {
    return declaration.sql();
  }

  /** The root page of its b-tree. */
  public int rootPage() {
    return layout.rootPage();
  }

  /** The same table with its root elsewhere. */
  Table at(int rootPage) {
    return rootPage == rootPage() ? this : new Table(kind, layout.at(rootPage), declaration);
  }

  /** Whether the other one, of a schema of the same encoding and format, is this one. */
  boolean isAs(Table other) {
    return kind == other.kind
        && rootPage() == other.rootPage()
        && declaration.equals(other.declaration);
  }

  /** Whether a row of {@code sqlite_schema} says of it what is known already, but for its root. */
  boolean isDeclaredBy(SchemaRow row) {
    return name().equals(row.name()) && sql().equals(row.sql());
  }

  /** Its row of {@code sqlite_schema}, as far as that was kept. */
  SchemaRow row() {
    return new SchemaRow(0, "table", name(), name(), rootPage(), sql());
  }
}
