package dev.waltap.diff;

import dev.waltap.format.BTreePage;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.page.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * Merges the affected cells of two versions of a tree, both in key order, and passes on the rows
 * that differ. One pass, no memory of rows; can be walked again. For one thread.
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

  RowMerge(
      PageFormat format, PageSource old, PageSource now, DirtyPages dirty, ChainChanges chains) {
    this.before = new RowCursor(format, old);
    this.after = new RowCursor(format, now);
    this.shared = new SharedCells(format);
    this.dirty = dirty;
    this.chains = chains;
  }

  /** Forgets the pages and rows of the transaction in hand. */
  void reset() {
    before.reset();
    after.reset();
  }

  /**
   * Passes the rows that differ to the sink.
   *
   * @param order the order of keys of an index b-tree; null for a table b-tree
   */
  void run(TreeDelta delta, @Nullable KeyOrder order, RowSink sink) {
    sameBytesToo = delta.isWhole();
    boolean index = order != null;
    before.watch(delta, chains);
    after.watch(delta, chains);
    before.start(delta.before(), index);
    after.start(delta.after(), index);
    backPage = 0;
    while (!before.atEnd() && !after.atEnd()) {
      if (atSamePage(index)) {
        skipFront(index, order, sink);
      } else if (atSharedBack()) {
        backPage = 0;
        before.skipTo(before.runEnd());
        after.skipTo(after.runEnd());
      } else {
        step(order, sink);
      }
    }
    while (!before.atEnd()) {
      delete(sink);
    }
    while (!after.atEnd()) {
      insert(sink);
    }
  }

  /** Whether both stand at the start of the same leaf, with nothing changed below it. */
  private boolean atSamePage(boolean index) {
    return !sameBytesToo
        && before.pageNumber() == after.pageNumber()
        && before.position() == 0
        && after.position() == 0
        && !dirty.chainLeaves().contains(before.pageNumber())
        && (!index || (isLeaf(before) && isLeaf(after)));
  }

  private static boolean isLeaf(RowCursor cursor) {
    return BTreePage.isLeaf(cursor.page(), BTreePage.header(cursor.pageNumber()));
  }

  /**
   * Skips the cells that both versions of a leaf share at its front, and remembers where those
   * begin that they share at its back: once both cursors stand there, they are skipped, too.
   */
  private void skipFront(boolean index, @Nullable KeyOrder order, RowSink sink) {
    shared.find(before.page(), after.page(), before.pageNumber(), index);
    if (shared.back() > 0) {
      backPage = before.pageNumber();
      backBefore = before.runEnd() - shared.back();
      backAfter = after.runEnd() - shared.back();
    }
    if (shared.front() > 0) {
      before.skipTo(shared.front());
      after.skipTo(shared.front());
    } else {
      step(order, sink);
    }
  }

  private boolean atSharedBack() {
    return backPage != 0
        && before.pageNumber() == backPage
        && after.pageNumber() == backPage
        && before.position() == backBefore
        && after.position() == backAfter;
  }

  private void step(@Nullable KeyOrder order, RowSink sink) {
    int side = compare(order);
    report(side, sink);
    if (side <= 0) {
      before.advance();
    }
    if (side >= 0) {
      after.advance();
    }
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

  private void delete(RowSink sink) {
    sink.deleted(before);
    before.advance();
  }

  private void insert(RowSink sink) {
    sink.inserted(after);
    after.advance();
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
      before.checkRecord(Integer.MAX_VALUE); // These say where it stands.
      after.checkRecord(Integer.MAX_VALUE);
      throw e;
    }
  }
}
