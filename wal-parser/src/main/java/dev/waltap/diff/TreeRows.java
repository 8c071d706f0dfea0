// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.btree.Depth;
import dev.waltap.btree.PageBounds;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.format.BTreePage;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBitSet;
import dev.waltap.page.PageSource;
import dev.waltap.wal.LogKeeper;

/** All rows of one version of a tree, in b-tree order. For one thread. */
public final class TreeRows {
  /** Called with each row; what the cursor shows is valid during the call. */
  @FunctionalInterface
  public interface Visitor {

    /** The next row; returns whether to go on. */
    boolean row(RowCursor row);
  }

  private final PageFormat format;
  private final PageSource source;
  private final RowCursor cursor;

  /** The cells of the leaf that the walk is on. */
  private final CellRuns leaf = new CellRuns();

  /** Pages of this walk: it ends whatever the pages lead to. */
  private final PageBitSet reached = new PageBitSet();

  public TreeRows(PageFormat format, PageSource source) {
    this.format = format;
    this.source = source;
    this.cursor = new RowCursor(format, source);
  }

  /**
   * Visits all rows, or those until the visitor has enough.
   *
   * @return whether all rows were visited
   * @throws CorruptDatabaseException if a page is not what its parent says
   */
  public boolean forEach(Tree tree, Visitor visitor) {
    cursor.reset();
    reached.begin();
    try {
      return visit(tree, tree.root(), PageOwners.ROOT, 0, visitor);
    } catch (CorruptDatabaseException e) {
      throw tree.blame(e);
    } finally {
      cursor.reset();
    }
  }

  private boolean visit(Tree tree, int pageNumber, int parent, int depth, Visitor visitor) {
    reach(pageNumber, parent, depth);
    cursor.leavePage();
    source.leave();
    byte[] page = source.page(pageNumber);
    BTreePage.check(page, pageNumber, tree.kind(), format);
    int header = BTreePage.header(pageNumber);
    int cells = BTreePage.cellCount(page, header);
    if (BTreePage.isLeaf(page, header)) {
      return visitLeaf(tree, pageNumber, cells, visitor);
    }
    for (int i = 0; i < cells; i++) {
      if (!visit(tree, child(pageNumber, i), pageNumber, depth + 1, visitor)) {
        return false;
      }
      if (tree.kind() == TreeKind.INDEX) {
        cursor.moveTo(pageNumber, i, tree.kind());
        if (!visitor.row(cursor)) {
          return false;
        }
      }
    }
    return visit(tree, child(pageNumber, cells), pageNumber, depth + 1, visitor);
  }

  private boolean visitLeaf(Tree tree, int pageNumber, int cells, Visitor visitor) {
    leaf.clear();
    leaf.add(pageNumber, 0, cells);
    cursor.start(leaf, tree.kind());
    while (!cursor.atEnd()) {
      if (!visitor.row(cursor)) {
        return false;
      }
      cursor.advance();
    }
    return true;
  }

  /** Lists all cells that are rows, in b-tree order. */
  static void listCells(PageFormat format, PageSource source, Tree tree, CellRuns into) {
    try {
      new TreeRows(format, source).list(tree, tree.root(), PageOwners.ROOT, 0, into);
    } catch (CorruptDatabaseException e) {
      throw tree.blame(e);
    }
  }

  private void list(Tree tree, int pageNumber, int parent, int depth, CellRuns into) {
    reach(pageNumber, parent, depth);
    byte[] page = source.page(pageNumber);
    BTreePage.check(page, pageNumber, tree.kind(), format);
    int header = BTreePage.header(pageNumber);
    int cells = BTreePage.cellCount(page, header);
    if (BTreePage.isLeaf(page, header)) {
      into.add(pageNumber, 0, cells);
      return;
    }
    for (int i = 0; i <= cells; i++) {
      list(tree, child(pageNumber, i), pageNumber, depth + 1, into);
      if (tree.kind() == TreeKind.INDEX && i < cells) {
        into.add(pageNumber, i, i + 1);
      }
    }
  }

  private void reach(int pageNumber, int parent, int depth) {
    Depth.check(pageNumber, depth);
    if (!reached.add(pageNumber)) {
      throw PageBounds.shared(pageNumber, parent);
    }
  }

  /** Read again each time: after a long walk below, the page may have left the hot tier. */
  private int child(int pageNumber, int index) {
    return BTreePage.child(source.page(pageNumber), BTreePage.header(pageNumber), index);
  }

  /**
   * The number of rows, without looking at them.
   *
   * @param keeper called for each page
   * @throws CorruptDatabaseException if a page is not what its parent says
   */
  public long count(Tree tree, LogKeeper keeper) {
    reached.begin();
    try {
      return count(tree, tree.root(), PageOwners.ROOT, 0, keeper);
    } catch (CorruptDatabaseException e) {
      throw tree.blame(e);
    }
  }

  private long count(Tree tree, int pageNumber, int parent, int depth, LogKeeper keeper) {
    keeper.keepUp();
    reach(pageNumber, parent, depth);
    byte[] page = source.page(pageNumber);
    BTreePage.check(page, pageNumber, tree.kind(), format);
    int header = BTreePage.header(pageNumber);
    int cells = BTreePage.cellCount(page, header);
    if (BTreePage.isLeaf(page, header)) {
      return cells;
    }
    long rows = tree.kind() == TreeKind.INDEX ? cells : 0;
    for (int i = 0; i <= cells; i++) {
      rows += count(tree, child(pageNumber, i), pageNumber, depth + 1, keeper);
    }
    return rows;
  }
}
