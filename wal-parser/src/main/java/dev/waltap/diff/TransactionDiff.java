package dev.waltap.diff;

import dev.waltap.btree.OverflowChain;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.format.BTreePage;
import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageSource;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transaction against the page set: which rows differ, and then the step by which the page set
 * moves on. The same serves a snapshot that is compared as a whole.
 *
 * <p>Use: {@link #begin}; {@link #delta} once a tree that was touched, came or went; {@link #rows}
 * as often as needed; {@link #finish}, or {@link #abandon}. Until then the page set stays as it
 * was. For one thread.
 */
public final class TransactionDiff {
  private final PageFormat format;
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
  private final OverflowChain chainBefore;
  private final OverflowChain chainAfter;
  private final Marks kept = new Marks();
  private final Marks arrived = new Marks();
  private final IntList left = new IntList();
  private final Cell cell = new Cell();
  private final List<TreeDelta> deltas = new ArrayList<>();
  private int deltaCount;
  private final TransactionPages none;
  private TransactionPages written;

  public TransactionDiff(
      PageFormat format,
      PageBuffers buffers,
      PageSet old,
      PageOwners owners,
      TransactionPages none) {
    this.format = format;
    this.buffers = buffers;
    this.old = old;
    this.owners = owners;
    this.none = none;
    this.written = none;
    this.dirty = new DirtyPages(owners);
    this.now = this::newPage;
    this.walk = new TreeWalk(format, old, now, owners, dirty, none);
    this.merge = new RowMerge(format, old, now, dirty.chains(), dirty.chainLeaves());
    this.hashMerge = new HashMerge(format, old, now, dirty.chains(), dirty.chainLeaves());
    this.cursorBefore = new RowCursor(format, old);
    this.cursorAfter = new RowCursor(format, now);
    this.chainBefore = new OverflowChain(format, old);
    this.chainAfter = new OverflowChain(format, now);
  }

  private byte[] newPage(int pageNumber) {
    byte[] image = written.get(pageNumber);
    return image != null ? image : old.page(pageNumber);
  }

  /** The database as it is after the transaction, as far as it is known. */
  public PageSource after() {
    return now;
  }

  /** Takes a transaction in hand; its pages become the page set's at {@link #finish}. */
  public void begin(TransactionPages pages) {
    written = pages;
    deltaCount = 0;
    cursorBefore.reset();
    cursorAfter.reset();
    dirty.begin(pages);
    arrived.begin();
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
   * @param after the tree as it is, null for one that exists no more
   * @throws UnknownPageException if the transaction can't be followed; nothing has changed then
   */
  public TreeDelta delta(@Nullable Tree before, @Nullable Tree after) {
    if (deltaCount == deltas.size()) {
      deltas.add(new TreeDelta());
    }
    TreeDelta delta = deltas.get(deltaCount);
    try {
      walk.run(written, before, after, delta);
    } catch (CorruptDatabaseException e) {
      throw delta.tree().blame(e);
    }
    for (int i = 0; i < delta.arrivals(); i++) {
      arrived.add(delta.arrivedPage(i));
    }
    deltaCount++;
    return delta;
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
    TreeRows.listCells(format, old, before, delta.before());
    TreeRows.listCells(format, now, after, delta.after());
    return delta;
  }

  /**
   * Passes on the rows whose bytes differ, in b-tree order.
   *
   * @param order the order of keys of an index b-tree; null for a table b-tree
   */
  public void rows(TreeDelta delta, @Nullable KeyOrder order, RowSink sink) {
    try {
      merge.run(delta.before(), delta.after(), order, delta.isWhole(), sink);
    } catch (CorruptDatabaseException e) {
      throw delta.tree().blame(e);
    }
    delta.noteOverflow(merge.overflowSeen());
  }

  /**
   * Passes on the rows of an index b-tree whose order of keys is unknown: first what was deleted,
   * in b-tree order, then what was updated or inserted. Takes memory for each affected row.
   */
  public void rowsByKey(TreeDelta delta, KeyBytes keys, RowSink sink) {
    try {
      hashMerge.run(delta.before(), delta.after(), keys, delta.isWhole(), sink);
    } catch (CorruptDatabaseException e) {
      throw delta.tree().blame(e);
    }
    delta.noteOverflow(hashMerge.overflowSeen());
  }

  /** Goes back to a row of the old version that {@link #rows} passed on. */
  public RowCursor before(TreeDelta delta, long place) {
    cursorBefore.moveTo((int) (place >>> 32), (int) place, delta.tree().index());
    return cursorBefore;
  }

  /** Goes back to a row of the new version that {@link #rows} passed on. */
  public RowCursor after(TreeDelta delta, long place) {
    cursorAfter.moveTo((int) (place >>> 32), (int) place, delta.tree().index());
    return cursorAfter;
  }

  /**
   * Whether the page set may hold this page once the transaction is finished. {@link #delta} must
   * have run for all trees that were touched. True for some pages that it will not hold: an
   * overflow page shows what it is only by who leads to it.
   */
  public boolean mayBeHeld(int pageNumber, byte[] image) {
    if (owners.kind(pageNumber) != PageOwners.NONE || arrived.contains(pageNumber)) {
      return true;
    }
    int type = BTreePage.type(image, BTreePage.header(pageNumber));
    boolean indexPage = type == BTreePage.LEAF_INDEX || type == BTreePage.INTERIOR_INDEX;
    // An overflow page begins with the number of the next one: so large only in vast databases.
    return !indexPage || written.databaseSize() >= BTreePage.INTERIOR_INDEX << 24;
  }

  /**
   * Moves the page set and the page owners on to the new version. {@link #rows} or its like must
   * have run.
   */
  public void finish() {
    kept.begin();
    left.clear();
    for (int i = 0; i < deltaCount; i++) {
      keepChains(deltas.get(i));
    }
    for (int i = 0; i < deltaCount; i++) {
      departChains(deltas.get(i));
    }
    for (int i = 0; i < deltaCount; i++) {
      departPages(deltas.get(i));
    }
    for (int i = 0; i < deltaCount; i++) {
      arrive(deltas.get(i));
    }
    for (int i = 0, size = written.size(); i < size; i++) {
      int pageNumber = written.pageNumber(i);
      if (owners.kind(pageNumber) != PageOwners.NONE) {
        old.put(pageNumber, written.removeImage(i));
      } else {
        old.remove(pageNumber);
      }
    }
    for (int i = 0; i < left.size(); i++) {
      // A page may leave one place and come to another unwritten: the rest of an overflow chain.
      if (owners.kind(left.get(i)) == PageOwners.NONE) {
        old.remove(left.get(i));
      }
    }
    end();
  }

  /**
   * Gives up the transaction in hand and its pages: the page set stays as it was, and another one
   * may begin. What is shown of it before {@link #finish} was called is valid no more.
   */
  public void abandon() {
    end();
  }

  private void end() {
    cursorBefore.reset();
    cursorAfter.reset();
    merge.reset();
    hashMerge.reset();
    written.clear();
    written = none;
    buffers.endTransaction();
    deltaCount = 0;
  }

  /**
   * A chain whose first page was not written, nor any other of it, stays; only its leaf may differ.
   * In a snapshot, what was the rest of another row's chain may have become a chain of its own, and
   * a chain may have changed trees, with the same bytes: those depart and arrive.
   */
  private void keepChains(TreeDelta delta) {
    if (!delta.overflowSeen()) {
      return;
    }
    forEachChain(
        delta.after(),
        now,
        delta.tree().index(),
        (leaf, first, rest) -> {
          if (!written.contains(first)
              && !dirty.chains().contains(first)
              && isFirstOfChain(first, delta.tree())) {
            kept.add(first);
            owners.parent(first, leaf);
          }
        });
  }

  private boolean isFirstOfChain(int pageNumber, Tree tree) {
    return owners.kind(pageNumber) == PageOwners.OVERFLOW
        && owners.kind(owners.parent(pageNumber)) != PageOwners.OVERFLOW
        && owners.tree(pageNumber) == tree.ordinal();
  }

  private void departChains(TreeDelta delta) {
    if (!delta.overflowSeen()) {
      return;
    }
    forEachChain(
        delta.before(),
        old,
        delta.tree().index(),
        (leaf, first, rest) -> {
          if (!kept.contains(first)) {
            departChain(leaf, first, rest);
          }
        });
  }

  private void departChain(int leaf, int first, long size) {
    chainBefore.start(leaf, first, size);
    while (chainBefore.hasNext()) {
      chainBefore.read();
      owners.clear(chainBefore.pageNumber());
      left.add(chainBefore.pageNumber());
    }
  }

  private void departPages(TreeDelta delta) {
    IntList departed = delta.departed();
    for (int i = 0; i < departed.size(); i++) {
      owners.clear(departed.get(i));
      left.add(departed.get(i));
    }
  }

  private void arrive(TreeDelta delta) {
    for (int i = 0; i < delta.arrivals(); i++) {
      owners.set(delta.arrivedPage(i), delta.arrivedKind(i), delta.arrivedParent(i));
    }
    if (delta.overflowSeen()) {
      forEachChain(delta.after(), now, delta.tree().index(), this::arriveChain);
    }
  }

  private void arriveChain(int leaf, int first, long size) {
    if (kept.contains(first)) {
      return;
    }
    chainAfter.start(leaf, first, size);
    while (chainAfter.hasNext()) {
      int parent = chainAfter.pageNumber();
      chainAfter.read();
      owners.set(chainAfter.pageNumber(), PageOwners.OVERFLOW, parent);
    }
  }

  /** Told of an overflow chain. */
  private interface ChainVisitor {
    void chain(int leaf, int firstPage, long size);
  }

  private void forEachChain(CellRuns runs, PageSource source, boolean index, ChainVisitor visitor) {
    for (int run = 0; run < runs.size(); run++) {
      int pageNumber = runs.page(run);
      byte[] page = source.page(pageNumber);
      int header = BTreePage.header(pageNumber);
      boolean leaf = BTreePage.isLeaf(page, header);
      for (int i = runs.from(run); i < runs.to(run); i++) {
        int at = BTreePage.cell(page, header, i);
        if (index) {
          cell.parseIndex(page, pageNumber, at, leaf, format);
        } else {
          cell.parseTableLeaf(page, pageNumber, at, format);
        }
        if (cell.overflowPage() != 0) {
          visitor.chain(pageNumber, cell.overflowPage(), cell.payloadSize() - cell.localSize());
        }
      }
    }
  }
}
