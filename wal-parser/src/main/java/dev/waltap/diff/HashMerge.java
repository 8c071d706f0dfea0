// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.format.BTreePage;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBitSet;
import dev.waltap.page.PageSource;
import dev.waltap.record.KeyBytes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Does for index b-trees whose order is unknown, or is not what it is said to be, what {@link
 * RowMerge} does for the others: matches the affected cells of two versions by the bytes of their
 * keys. So it remembers the keys of the old version's cells, and its memory grows with them; cells
 * that a leaf has in common in both versions are left out. For one thread.
 *
 * <p>Deletes come first, in the old tree's order, then updates and inserts in the new tree's. A key
 * that changed to one that its collation holds equal ('a' to 'A' under NOCASE) is a delete and an
 * insert here.
 */
final class HashMerge {
  private final RowCursor before;
  private final RowCursor after;
  private final RowCursor match;
  private final PageSource old;
  private final PageSource now;
  private final SharedCells shared;
  private final DirtyPages dirty;
  private final ChainChanges chains;
  private final PageBitSet leavesBefore = new PageBitSet();
  private final PageBitSet leavesOfBoth = new PageBitSet();
  private boolean sameBytesToo;

  HashMerge(
      PageFormat formatBefore,
      PageFormat formatAfter,
      PageSource old,
      PageSource now,
      DirtyPages dirty,
      ChainChanges chains) {
    this.before = new RowCursor(formatBefore, old);
    this.after = new RowCursor(formatAfter, now);
    this.match = new RowCursor(formatBefore, old);
    this.old = old;
    this.now = now;
    this.shared = new SharedCells(formatAfter);
    this.dirty = dirty;
    this.chains = chains;
  }

  /** Forgets the pages and rows of the current transaction. */
  void reset() {
    before.reset();
    after.reset();
    match.reset();
  }

  /**
   * Passes the rows that differ to the sink.
   *
   * @param all whether to pass on those of the same bytes, too, as updates
   */
  void run(TreeDelta delta, KeyBytes keysBefore, KeyBytes keysAfter, boolean all, RowSink sink) {
    CellRuns oldCells = delta.before();
    CellRuns newCells = delta.after();
    sameBytesToo = all;
    match.reset();
    before.watch(delta, chains);
    after.watch(delta, chains);
    findLeavesOfBoth(oldCells, newCells);
    Map<Key, Place> places = new HashMap<>();
    forEach(
        before,
        oldCells,
        () -> {
          if (places.put(key(before, keysBefore), new Place(before.address())) != null) {
            throw twice(before);
          }
        });
    forEach(
        after,
        newCells,
        () -> {
          Place place = places.get(key(after, keysAfter));
          if (place != null) {
            if (place.matched) {
              throw twice(after);
            }
            place.matched = true;
          }
        });
    forEach(
        before,
        oldCells,
        () -> {
          Place place = places.get(key(before, keysBefore));
          if (place == null || !place.matched) {
            sink.deleted(before);
          }
        });
    forEach(after, newCells, () -> emit(places.get(key(after, keysAfter)), sink));
  }

  private static CorruptDatabaseException twice(RowCursor row) {
    return CorruptDatabaseException.page(
        row.pageNumber(), "the key of cell " + row.position() + " is in the tree twice");
  }

  private void emit(@Nullable Place place, RowSink sink) {
    if (place == null) {
      sink.inserted(after);
      return;
    }
    match.moveTo((int) (place.before >>> 32), (int) place.before, TreeKind.INDEX);
    if (sameBytesToo || !match.samePayload(after, dirty.chains())) {
      sink.updated(match, after);
    }
  }

  private void findLeavesOfBoth(CellRuns oldCells, CellRuns newCells) {
    leavesBefore.begin();
    leavesOfBoth.begin();
    if (sameBytesToo) {
      return;
    }
    for (int i = 0; i < oldCells.size(); i++) {
      int page = oldCells.page(i);
      if (isLeaf(old, page) && !dirty.chainLeaves().contains(page)) {
        leavesBefore.add(page);
      }
    }
    for (int i = 0; i < newCells.size(); i++) {
      int page = newCells.page(i);
      if (leavesBefore.contains(page) && isLeaf(now, page)) {
        leavesOfBoth.add(page);
      }
    }
  }

  private static boolean isLeaf(PageSource source, int pageNumber) {
    return BTreePage.isLeaf(source.page(pageNumber), BTreePage.header(pageNumber));
  }

  /** Visits each cell in turn, but for those that both versions of a leaf have in common. */
  private void forEach(RowCursor cursor, CellRuns runs, Runnable action) {
    cursor.start(runs, TreeKind.INDEX);
    while (!cursor.atEnd()) {
      int from = cursor.position();
      int to = cursor.runEnd();
      if (leavesOfBoth.contains(cursor.pageNumber())) {
        int page = cursor.pageNumber();
        shared.find(old.page(page), now.page(page), page, TreeKind.INDEX);
        from += shared.front();
        to -= shared.back();
      }
      int end = cursor.runEnd();
      for (int i = from; i < to; i++) {
        if (i != cursor.position()) {
          cursor.skipTo(i);
        }
        action.run();
      }
      cursor.skipTo(end);
    }
  }

  private static Key key(RowCursor cursor, KeyBytes keys) {
    try {
      cursor.loadKey(keys);
      return new Key(keys.of(cursor.keyArray(), cursor.keyOffset(), cursor.payloadSize()));
    } catch (CorruptDatabaseException e) {
      cursor.checkRecord(Integer.MAX_VALUE); // This says where it is.
      throw e;
    }
  }

  /** Where the old version has a key, and whether the new one has it, too. */
  private static final class Place {
    private final long before;
    private boolean matched;

    Place(long before) {
      this.before = before;
    }
  }

  /** Bytes that equal others by content. */
  private static final class Key {
    private final byte[] bytes;
    private final int hash;

    Key(byte[] bytes) {
      this.bytes = bytes;
      this.hash = Arrays.hashCode(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
