// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.btree.OwnerChanges;
import dev.waltap.btree.OwnershipCheck;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.PageFormat;
import dev.waltap.page.ExpensiveChecks;
import dev.waltap.page.PageBitSet;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageSource;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import dev.waltap.record.KeyBytes;
import dev.waltap.record.KeyOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transaction against the page set: which rows differ, and then the step by which the page set
 * moves on. The same serves a snapshot that is compared as a whole.
 *
 * <p>Use: {@link #begin}; {@link #delta} or {@link #follow} once a tree that was touched, came or
 * went; {@link #check}, after which nothing can be wrong with any page any more; {@link #finish},
 * or {@link #abandon}. Until then the page set stays as it was. Rows are shown by {@link #rows} as
 * often as asked for, before the check as well as after it, or not at all. For one thread.
 */
public final class TransactionDiff {
  /** More deltas than this are given up with the transaction. */
  private static final int MAX_KEPT = 16;

  private final PageFormat formatBefore;
  private final PageFormat formatAfter;
  private final PageBuffers buffers;
  private final PageSet old;
  private final PageOwners owners;
  private final DirtyPages dirty;
  private final PageSource now;
  private final TreeWalk walk;
  private final RowMerge merge;
  private final HashMerge hashMerge;
  private final RowCursor cursorBefore;
  private final RowCursor cursorAfter;
  private final OwnerChanges changes;
  private final ChainChanges chains;
  private final OwnershipCheck ownership;
  private final IntMap dropped = new IntMap();
  private final List<TreeDelta> deltas = new ArrayList<>();
  private int deltaCount;
  private final TransactionPages none;
  private TransactionPages written;
  private boolean checked;

  /** Whether cells of the same bytes may be others now. */
  private boolean otherFormat;

  public TransactionDiff(
      PageFormat format,
      PageBuffers buffers,
      PageSet old,
      PageOwners owners,
      TransactionPages none) {
    this.formatBefore = format.copy();
    this.formatAfter = format.copy();
    this.buffers = buffers;
    this.old = old;
    this.owners = owners;
    this.none = none;
    this.written = none;
    this.dirty = new DirtyPages(owners);
    this.now = this::newPage;
    this.changes = new OwnerChanges(owners, format);
    this.ownership = new OwnershipCheck(owners, old);
    this.chains =
        new ChainChanges(formatBefore, formatAfter, old, now, owners, dirty, changes, none);
    this.walk = new TreeWalk(formatAfter, old, now, owners, changes, dirty, none);
    this.merge = new RowMerge(formatBefore, formatAfter, old, now, dirty, chains);
    this.hashMerge = new HashMerge(formatBefore, formatAfter, old, now, dirty, chains);
    this.cursorBefore = new RowCursor(formatBefore, old);
    this.cursorAfter = new RowCursor(formatAfter, now);
  }

  private byte[] newPage(int pageNumber) {
    byte[] image = written.get(pageNumber);
    return image != null ? image : old.page(pageNumber);
  }

  /** The database as it is after the transaction, as far as it is known. */
  public PageSource after() {
    return now;
  }

  /** How pages are read as of before the transaction. */
  public PageFormat formatBefore() {
    return formatBefore;
  }

  /** How pages are read as of after the transaction; the object stays the same. */
  public PageFormat formatAfter() {
    return formatAfter;
  }

  /**
   * Begins a transaction; its pages become the page set's at {@link #finish}.
   *
   * @throws CorruptDatabaseException if it wrote a page 1 that is none; it must be {@link #abandon
   *     abandoned} then
   * @throws UnknownPageException likewise, if it can't be followed
   */
  public void begin(TransactionPages pages) {
    written = pages;
    otherFormat = false;
    byte[] page1 = pages.get(1);
    if (page1 != null && old.contains(1) && !DatabaseHeader.isSameFormat(old.page(1), page1)) {
      formatAfter.follow(PageFormat.of(page1));
      otherFormat = true;
      requireAllWritten();
    }
    deltaCount = 0;
    checked = false;
    cursorBefore.reset();
    cursorAfter.reset();
    dirty.begin(pages);
    changes.begin(pages.databaseSize());
    chains.begin(pages);
    dropped.begin();
  }

  /** What SQLite did not write again has no meaning under another number of reserved bytes. */
  private void requireAllWritten() {
    for (int page : old.pageNumbers()) {
      if (Integer.compareUnsigned(page, written.databaseSize()) <= 0 && !written.contains(page)) {
        throw new UnknownPageException(page);
      }
    }
  }

  /** Whether the transaction wrote pages of the tree, or of its rows. */
  public boolean isTouched(Tree tree) {
    return dirty.touched(tree.ordinal()).size() > 0;
  }

  /** The number of trees of which pages were written, or pages of their rows. */
  public int touchedTrees() {
    return dirty.touchedTrees().size();
  }

  /** The ordinal of one of them, 0 to {@code touchedTrees() - 1}. */
  public int touchedTree(int at) {
    return dirty.touchedTrees().get(at);
  }

  /**
   * Finds what happened to the pages of a tree.
   *
   * @param before the tree as it was, null for one that did not exist
   * @param after the tree as it is, null for one that no longer exists
   * @throws CorruptDatabaseException if what it is now is no tree
   * @throws UnknownPageException if it leads to a page that is neither written nor held
   */
  public TreeDelta delta(@Nullable Tree before, @Nullable Tree after) {
    if (deltaCount == deltas.size()) {
      deltas.add(new TreeDelta());
    }
    TreeDelta delta = deltas.get(deltaCount++);
    if (after == null) {
      if (before == null) {
        throw new IllegalArgumentException("a tree of neither version");
      }
      delta.begin(before);
      delta.chainsAreKnown(); // All of the tree goes.
      dropped.put(before.ordinal(), 0);
      return delta;
    }
    try {
      walk.run(written, before, after, delta);
    } catch (CorruptDatabaseException e) {
      throw after.blame(e);
    }
    return delta;
  }

  /**
   * Finds what happened to the pages of a tree of which nobody wants the rows that differ, so that
   * all of its rows can be read.
   *
   * @param before the tree as it was, null for one that did not exist
   * @param meanwhile what to do now and then while that takes long
   * @throws CorruptDatabaseException if what it is now is no tree, or an overflow chain is not
   *     whole
   * @throws UnknownPageException if it leads to a page that is neither written nor held
   */
  public void follow(@Nullable Tree before, Tree after, Runnable meanwhile) {
    listChains(delta(before, after), meanwhile);
  }

  /** Finds what happened to its overflow chains, if no row has led to that. */
  private void listChains(TreeDelta delta, Runnable meanwhile) {
    try {
      chains.list(delta, meanwhile);
    } catch (CorruptDatabaseException e) {
      throw delta.tree().blame(e);
    }
  }

  /**
   * All of a tree in both versions, so that rows can be compared whose bytes did not change: they
   * are passed on, too. Says nothing of what happened to the pages; {@link #delta} has to.
   *
   * @throws UnknownPageException if the new version leads to a page that is neither written nor
   *     held
   */
  public TreeDelta whole(Tree before, Tree after) {
    TreeDelta delta = new TreeDelta();
    delta.begin(after);
    delta.listsAll();
    TreeRows.listCells(formatBefore, old, before, delta.before());
    TreeRows.listCells(formatAfter, now, after, delta.after());
    return delta;
  }

  /**
   * Passes on the rows whose bytes differ, in b-tree order.
   *
   * @param order the order of keys of an index b-tree, as it is declared; null for a table b-tree
   * @return whether both versions are in that order; if not, what was passed on is void, and {@link
   *     #rowsByKey} has to do
   * @throws CorruptDatabaseException if the rowids of a table b-tree do not ascend
   */
  public boolean rows(TreeDelta delta, @Nullable KeyOrder order, RowSink sink) {
    if (delta.isUnordered()) {
      return false;
    }
    try {
      boolean ordered = merge.run(delta, order, delta.isWhole() || otherFormat, sink);
      delta.isUnordered(!ordered);
      if (ordered) {
        delta.chainsAreKnown();
      }
      return ordered;
    } catch (CorruptDatabaseException e) {
      throw delta.tree().blame(e);
    }
  }

  /**
   * Passes on the rows of an index b-tree whose order of keys is unknown, or is not the declared
   * one: first what was deleted, in b-tree order, then what was updated or inserted. Takes memory
   * for each affected row.
   *
   * @param before what identifies a row of the old version
   * @param after what identifies one of the new version: the same bytes for the same key
   */
  public void rowsByKey(TreeDelta delta, KeyBytes before, KeyBytes after, RowSink sink) {
    try {
      hashMerge.run(delta, before, after, delta.isWhole() || otherFormat, sink);
      delta.chainsAreKnown();
    } catch (CorruptDatabaseException e) {
      throw delta.tree().blame(e);
    }
  }

  /** Goes back to a row of the old version that {@link #rows} passed on. */
  public RowCursor before(TreeDelta delta, long address) {
    cursorBefore.moveTo((int) (address >>> 32), (int) address, delta.tree().kind());
    return cursorBefore;
  }

  /** Goes back to a row of the new version that {@link #rows} passed on. */
  public RowCursor after(TreeDelta delta, long address) {
    cursorAfter.moveTo((int) (address >>> 32), (int) address, delta.tree().kind());
    return cursorAfter;
  }

  /**
   * Checks that each page belongs to one place at most after the transaction. {@link #delta} or
   * {@link #follow} must have run for all trees that were touched, came or went.
   *
   * @throws CorruptDatabaseException if a page belongs to two, or a chain is not whole
   */
  public void check() {
    for (int i = 0; i < deltaCount; i++) {
      // Of those only whose rows nobody has asked for.
      listChains(deltas.get(i), () -> {});
    }
    if (dropped.size() > 0) {
      releaseDropped();
    }
    changes.check();
    checked = true;
  }

  /**
   * Dropped trees: their rows go without being listed, so nobody has to read them. All are found in
   * one go. The way up from a page ends where it meets one gone before: overflow chains may be very
   * long.
   */
  private void releaseDropped() {
    PageBitSet seen = new PageBitSet();
    PageBitSet gone = new PageBitSet();
    for (int i = 0, end = owners.end(); i < end; i++) {
      int page = owners.pageAt(i);
      int top = page;
      int parent = page;
      while (parent != PageOwners.ROOT && seen.add(parent)) {
        top = parent;
        parent = owners.parent(parent);
      }
      boolean goes =
          parent != PageOwners.ROOT
              ? gone.contains(parent)
              : page != 0 && dropped.get(owners.tree(top)) != IntMap.NONE;
      for (int at = page; goes && at != parent; at = owners.parent(at)) {
        gone.add(at);
        changes.release(at);
      }
    }
  }

  /**
   * Whether the page set needs this page's image for later transactions, or to find out what this
   * one did. {@link #check} must have run.
   */
  public boolean needs(int pageNumber) {
    return owners.kind(pageNumber) != PageOwners.NONE || changes.isAdopted(pageNumber);
  }

  /**
   * Moves the page set and the page owners on to the new version.
   *
   * @throws IllegalStateException if {@link #check} has not passed
   */
  public void finish() {
    if (!checked) {
      throw new IllegalStateException("a transaction is not finished unchecked");
    }
    changes.apply();
    for (int i = 0, size = written.size(); i < size; i++) {
      int pageNumber = written.pageNumber(i);
      if (owners.kind(pageNumber) != PageOwners.NONE) {
        old.put(pageNumber, written.removeImage(i));
      } else {
        old.remove(pageNumber);
      }
    }
    for (int i = 0; i < changes.leftCount(); i++) {
      // A page may leave one place and come to another unwritten: the rest of an overflow chain.
      if (owners.kind(changes.left(i)) == PageOwners.NONE) {
        old.remove(changes.left(i));
      }
    }
    formatBefore.follow(formatAfter);
    end();
  }

  /**
   * Gives up the current transaction and its pages: the page set stays as it was, and another one
   * may begin. What is shown of it before {@link #finish} was called is no longer valid.
   */
  public void abandon() {
    formatAfter.follow(formatBefore);
    end();
  }

  private void end() {
    cursorBefore.reset();
    cursorAfter.reset();
    merge.reset();
    hashMerge.reset();
    written.clear();
    written = none;
    checked = false;
    buffers.endTransaction();
    deltaCount = 0;
    if (deltas.size() > MAX_KEPT) {
      deltas.subList(MAX_KEPT, deltas.size()).clear();
    }
    if (ExpensiveChecks.ON) {
      ownership.afterTransaction();
    }
  }
}
