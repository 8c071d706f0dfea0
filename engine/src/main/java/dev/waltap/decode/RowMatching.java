// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.diff.RowSink;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.diff.TreeDelta;
import dev.waltap.record.KeyBytes;
import dev.waltap.record.KeyComparator;
import dev.waltap.record.KeyImage;
import dev.waltap.record.KeyOrder;
import dev.waltap.record.TableLayout;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows of a table that differ. Those of a WITHOUT ROWID table are merged in the declared
 * order of its keys. Where that is not the order of its b-tree, as under an application's own
 * NOCASE, or where it changes, as in a VACUUM that turns a legacy schema format into one that has
 * descending keys, rows are matched by the bytes of their keys, which takes memory for each. For
 * the capture thread, which may share it between transactions.
 */
final class RowMatching {
  private final @Nullable KeyOrder order;
  private final @Nullable KeyBytes keysBefore;
  private final @Nullable KeyBytes keysAfter;

  private RowMatching(
      @Nullable KeyOrder order, @Nullable KeyBytes keysBefore, @Nullable KeyBytes keysAfter) {
    this.order = order;
    this.keysBefore = keysBefore;
    this.keysAfter = keysAfter;
  }

  /** The matching of two versions of a table whose keys are of the same columns. */
  static RowMatching of(TableLayout was, TableLayout is) {
    if (!is.withoutRowid()) {
      return new RowMatching(null, null, null);
    }
    boolean otherText = was.encoding() != is.encoding();
    KeyComparator comparator = new KeyComparator(is);
    boolean ordered = !otherText && comparator.known() && haveSameOrder(was, is);
    return new RowMatching(
        ordered ? comparator : null, new KeyImage(was, otherText), new KeyImage(is, otherText));
  }

  private static boolean haveSameOrder(TableLayout was, TableLayout is) {
    boolean same = was.keyFields() == is.keyFields();
    for (int i = 0; same && i < is.keyFields(); i++) {
      same = was.keyField(i).equals(is.keyField(i));
    }
    return same;
  }

  /**
   * Passes on the rows that differ; the same ones each time that it is asked of a delta.
   *
   * @param again called if what was passed on is void, and all will be passed on again
   */
  void rows(TransactionDiff diff, TreeDelta delta, RowSink sink, Runnable again) {
    KeyBytes before = keysBefore;
    KeyBytes after = keysAfter;
    if (before == null || after == null) {
      diff.rows(delta, null, sink);
    } else if (order == null || !diff.rows(delta, order, sink)) {
      again.run();
      diff.rowsByKey(delta, before, after, sink);
    }
  }
}
