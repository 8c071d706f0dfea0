package dev.waltap.decode;

import dev.waltap.btree.Tree;
import dev.waltap.diff.KeyBytes;
import dev.waltap.diff.KeyOrder;
import dev.waltap.diff.RowCursor;
import dev.waltap.diff.RowSink;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.diff.TreeDelta;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.record.KeyComparator;
import dev.waltap.record.KeyImage;
import dev.waltap.record.StoredRow;
import dev.waltap.record.TableLayout;
import dev.waltap.schema.Projection;
import dev.waltap.schema.Table;
import org.jspecify.annotations.Nullable;

/**
 * A table whose pages are in the page set, as of one schema.
 *
 * @param table what the schema says of it
 * @param tree its b-tree
 * @param projection makes the images and keys that are told
 * @param told whether its changes pass the filter
 * @param order the order of its keys; null for a rowid table
 * @param keys what tells its keys apart where that order can't be known; else null
 */
public record CapturedTable(
    Table table,
    Tree tree,
    Projection projection,
    boolean told,
    @Nullable KeyOrder order,
    @Nullable KeyBytes keys) {

  static CapturedTable of(Table table, int ordinal, Projection projection, boolean told) {
    TableLayout layout = table.layout();
    boolean index = layout.withoutRowid();
    KeyComparator comparator = index ? new KeyComparator(layout) : null;
    boolean unordered = comparator != null && !comparator.known();
    return new CapturedTable(
        table,
        new Tree(ordinal, table.rootPage(), index, table.name()),
        projection,
        told,
        comparator == null ? null : new TableKeys.Order(comparator),
        unordered ? new TableKeys.Images(new KeyImage(layout)) : null);
  }

  /** Passes on the rows that differ. */
  void rows(TransactionDiff diff, TreeDelta delta, RowSink sink) {
    if (keys != null) {
      diff.rowsByKey(delta, keys, sink);
    } else {
      diff.rows(delta, order, sink);
    }
  }

  /**
   * Checks that the values of a row of this version of the table can be read, before it is told.
   *
   * @throws CorruptDatabaseException naming page and offset
   */
  public void check(RowCursor row) {
    row.checkRecord(layout().columnCount());
  }

  /** A row of this version of the table, with a copy of its bytes: it stays as it is. */
  public StoredRow stored(RowCursor row) {
    return StoredRow.owning(layout(), row.rowid(), row.copyPayload());
  }

  /** The name as declared, in its own case. */
  public String name() {
    return table.name();
  }

  TableLayout layout() {
    return table.layout();
  }
}
