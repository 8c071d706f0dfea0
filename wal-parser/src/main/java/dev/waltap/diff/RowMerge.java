// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.format.BTreePage;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageSource;
import dev.waltap.record.KeyOrder;
import org.jspecify.annotations.Nullable;

/**
 * Merges the affected cells of two versions of a tree, both in key order, and passes on the rows
 * that differ. One pass, no memory of rows; can be walked again. For one thread.
 *
 * <p>That they are in key order is checked, of the cells that are looked at: an application may
 * define its own NOCASE. Where both sides ascend, two keys that the order holds equal are a pair,
 * whatever the order; where one does not, a merge would miss pairs. Mostly the comparison of the
 * two sides says it: after {@code a1 < b1} and {@code b1 <= a2}, {@code a1 < a2} needs no other.
 */
final class RowMerge {
  private final RowCursor before;
  private final RowCursor after;
  private final SharedCells shared;
  private final DirtyPages dirty;
  private final ChainChanges chains;
  private boolean sameBytesToo;
  private int backPage;
  private int backBefore;
  private int backAfter;

  /** Whether a key of each side is kept, to be compared with the next. */
  private boolean beforeMoved;

  private boolean afterMoved;

  /** Which side stood first in the last step, and whether cells were skipped since. */
  private int lastSide;

  private boolean skipped;

  RowMerge(
      PageFormat formatBefore,
      PageFormat formatAfter,
      PageSource old,
      PageSource now,
      DirtyPages dirty,
      ChainChanges chains) {
    this.before = new RowCursor(formatBefore, old);
    this.after = new RowCursor(formatAfter, now);
    this.shared = new SharedCells(formatAfter);
    this.dirty = dirty;
    this.chains = chains;
  }

  /** Forgets the pages and rows of the current transaction. */
  void reset() {
    before.reset();
    after.reset();
  }

  /**
   * Passes the rows that differ to the sink.
   *
   * @param order the order of keys of an index b-tree; null for a table b-tree
   * @param all whether to pass on those of the same bytes, too, as updates
   * @return false if a side does not ascend: what was passed on is void then
   * @throws CorruptDatabaseException if a side of a table b-tree does not ascend
   */
  boolean run(TreeDelta delta, @Nullable KeyOrder order, boolean all, RowSink sink) {
    sameBytesToo = all;
    TreeKind kind = order != null ? TreeKind.INDEX : TreeKind.TABLE;
    before.watch(delta, chains);
    after.watch(delta, chains);
    before.start(delta.before(), kind);
    after.start(delta.after(), kind);
    backPage = 0;
    beforeMoved = false;
    afterMoved = false;
    while (!before.atEnd() && !after.atEnd()) {
      boolean ascends = true;
      if (atSamePage(kind)) {
        ascends = skipFront(kind, order, sink);
      } else if (atSharedBack()) {
        backPage = 0;
        before.skipTo(before.runEnd());
        after.skipTo(after.runEnd());
        lastSide = 0;
        skipped = true;
      } else if (!skipSame(order)) {
        ascends = step(order, sink);
      }
      if (!ascends) {
        return false;
      }
    }
    return rest(before, beforeMoved, order, -1, sink) && rest(after, afterMoved, order, 1, sink);
  }

  /** Whether both are at the start of the same leaf, with nothing changed below it. */
  private boolean atSamePage(TreeKind kind) {
    return !sameBytesToo
        && before.pageNumber() == after.pageNumber()
        && before.position() == 0
        && after.position() == 0
        && !dirty.chainLeaves().contains(before.pageNumber())
        && (kind == TreeKind.TABLE || (isLeaf(before) && isLeaf(after)));
  }

  private static boolean isLeaf(RowCursor cursor) {
    return BTreePage.isLeaf(cursor.page(), BTreePage.header(cursor.pageNumber()));
  }

  /**
   * Skips the cells that both versions of a leaf share at its front, and remembers where those
   * begin that they share at its back: once both cursors are there, they are skipped, too.
   */
  private boolean skipFront(TreeKind kind, @Nullable KeyOrder order, RowSink sink) {
    shared.find(before.page(), after.page(), before.pageNumber(), kind);
    if (shared.back() > 0) {
      backPage = before.pageNumber();
      backBefore = before.runEnd() - shared.back();
      backAfter = after.runEnd() - shared.back();
    }
    if (shared.front() > 0) {
      before.skipTo(shared.front());
      after.skipTo(shared.front());
      skipped = true;
      return true;
    }
    return step(order, sink);
  }

  /** Skips rows of a table b-tree that are the same bytes on both sides, wherever they are. */
  private boolean skipSame(@Nullable KeyOrder order) {
    if (order != null || sameBytesToo || !before.skipSame(beforeMoved, after, afterMoved)) {
      return false;
    }
    beforeMoved = true;
    afterMoved = true;
    lastSide = 0;
    skipped = false;
    return true;
  }

  private boolean atSharedBack() {
    return backPage != 0
        && before.pageNumber() == backPage
        && after.pageNumber() == backPage
        && before.position() == backBefore
        && after.position() == backAfter;
  }

  private boolean step(@Nullable KeyOrder order, RowSink sink) {
    int side = compare(order);
    if (!ascends(side, order)) {
      return false;
    }
    skipped = false;
    lastSide = side;
    if (side <= 0) {
      before.keepKey(); // Whoever is shown the row may take the array of its payload.
      beforeMoved = true;
    }
    if (side >= 0) {
      after.keepKey();
      afterMoved = true;
    }
    report(side, sink);
    if (side <= 0) {
      before.advance();
    }
    if (side >= 0) {
      after.advance();
    }
    return true;
  }

  /** Compares each side with its key before this one, where the merge does not say it already. */
  private boolean ascends(int side, @Nullable KeyOrder order) {
    if (skipped) {
      return (!beforeMoved || ascends(before, order)) && (!afterMoved || ascends(after, order));
    }
    // The lesser side, if it moved in the last step: the other one is after it.
    boolean lesserIsBefore = side < 0 || (side == 0 && lastSide <= 0);
    boolean proven = side == 0 && lastSide != 0;
    if (lesserIsBefore) {
      return !beforeMoved || lastSide > 0 || proven || ascends(before, order);
    }
    return !afterMoved || lastSide < 0 || proven || ascends(after, order);
  }

  private static boolean ascends(RowCursor cursor, @Nullable KeyOrder order) {
    if (cursor.isBehindKept(order)) {
      return true;
    }
    if (order == null) {
      throw cursor.outOfOrder();
    }
    return false;
  }

  /** What one side has left once the other is at its end. */
  private boolean rest(
      RowCursor cursor, boolean moved, @Nullable KeyOrder order, int side, RowSink sink) {
    boolean check = moved;
    while (!cursor.atEnd()) {
      if (order != null) {
        cursor.loadKey(order);
      }
      if (check && !ascends(cursor, order)) {
        return false;
      }
      cursor.keepKey();
      report(side, sink);
      cursor.advance();
      check = true;
    }
    return true;
  }

  private void report(int side, RowSink sink) {
    if (side < 0) {
      sink.deleted(before);
    } else if (side > 0) {
      sink.inserted(after);
    } else {
      if (sameBytesToo || !before.samePayload(after, dirty.chains())) {
        sink.updated(before, after);
      }
    }
  }

  private int compare(@Nullable KeyOrder order) {
    if (order == null) {
      return Long.compare(before.rowid(), after.rowid());
    }
    try {
      before.loadKey(order);
      after.loadKey(order);
      return order.compare(
          before.keyArray(),
          before.keyOffset(),
          before.payloadSize(),
          after.keyArray(),
          after.keyOffset(),
          after.payloadSize());
    } catch (CorruptDatabaseException e) {
      before.checkRecord(Integer.MAX_VALUE); // These say where it is.
      after.checkRecord(Integer.MAX_VALUE);
      throw e;
    }
  }
}
