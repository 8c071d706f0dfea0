// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.btree.Tree;
import dev.waltap.diff.RowCursor;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.record.TableLayout;
import dev.waltap.schema.Projection;
import dev.waltap.schema.Table;
import dev.waltap.schema.TableRow;

/**
 * A table whose pages are in the page set, as of one schema.
 *
 * @param table what the schema says of it
 * @param tree its b-tree
 * @param projection makes the images that are emitted
 * @param emitted whether its changes pass the filter
 * @param matching finds rows that differ while the table stays as it is
 */
public record CapturedTable(
    Table table, Tree tree, Projection projection, boolean emitted, RowMatching matching) {

  static CapturedTable of(Table table, int ordinal, Projection projection, boolean emitted) {
    return new CapturedTable(
        table,
        new Tree(ordinal, table.rootPage(), table.layout().treeKind(), table.name()),
        projection,
        emitted,
        RowMatching.of(table.layout(), table.layout()));
  }

  /**
   * Checks that the values of a row of this version of the table can be read, before it is emitted.
   *
   * @throws CorruptDatabaseException naming page and offset
   */
  public void check(RowCursor row) {
    row.checkRecord(layout().fieldCount());
  }

  /** A row of this version of the table, with a copy of its bytes: it stays as it is. */
  public TableRow stored(RowCursor row) {
    return projection.row(row.rowid(), row.copyPayload());
  }

  /** The name as declared, in its own case. */
  public String name() {
    return table.name();
  }

  TableLayout layout() {
    return table.layout();
  }
}
