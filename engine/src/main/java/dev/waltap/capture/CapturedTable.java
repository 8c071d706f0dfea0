package dev.waltap.capture;

import dev.waltap.btree.Tree;
import dev.waltap.diff.KeyOrder;
import dev.waltap.record.KeyComparator;
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
 */
record CapturedTable(
    Table table, Tree tree, Projection projection, boolean told, @Nullable KeyOrder order) {

  static CapturedTable of(Table table, int ordinal, Projection projection, boolean told) {
    TableLayout layout = table.layout();
    boolean index = layout.withoutRowid();
    return new CapturedTable(
        table,
        new Tree(ordinal, table.rootPage(), index, table.name()),
        projection,
        told,
        index ? new KeyComparator(layout)::compare : null);
  }

  String name() {
    return table.name();
  }

  TableLayout layout() {
    return table.layout();
  }
}
