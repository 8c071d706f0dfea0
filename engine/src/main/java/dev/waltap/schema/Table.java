package dev.waltap.schema;

import dev.waltap.api.TableSchema;
import dev.waltap.record.TableLayout;

/**
 * A table that has rows of its own in the file.
 *
 * @param kind whether users write its rows themselves
 * @param layout how to decode its rows
 * @param declaration what a SCHEMA change tells of it
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
}
