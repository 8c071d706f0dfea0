// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.format.BTreePage;
import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * Finds single rows of tables by their rowid: goes down from the root, one page of each level, and
 * by binary search on each. Checks the pages that it comes by and no others; in a damaged tree a
 * row may not be found that is there, but a search always ends.
 *
 * <p>Of the source's images only the one that was asked for last is read, so that a source can give
 * all of them in one array. For one thread.
 */
public final class RowLookup {
  private final PageSource source;
  private final PageFormat format;
  private final PageBounds bounds;
  private final Payloads payloads;
  private final Cell cell = new Cell();

  /** Of the row that was found and not copied yet: its tree, its leaf, and the image of that. */
  private @Nullable Tree tree;

  private int leaf;
  private byte[] image = {};

  /**
   * Lookups in one version of a database.
   *
   * @param pageCount how many pages it has, an unsigned number; 0 if that is not known
   */
  public RowLookup(PageSource source, PageFormat format, int pageCount) {
    this.source = source;
    this.format = format;
    this.bounds = new PageBounds(format);
    bounds.pageCount(pageCount);
    this.payloads = new Payloads(format, source);
  }

  /**
   * Looks for a row.
   *
   * @param of the tree of a table, not of an index or a table WITHOUT ROWID
   * @return whether there is one; then {@link #size} and {@link #copy} are about it
   * @throws CorruptDatabaseException naming tree and page
   * @throws dev.waltap.page.UnknownPageException if the source does not hold a page of the way
   */
  public boolean find(Tree of, long rowid) {
    if (of.kind() != TreeKind.TABLE) {
      throw new IllegalArgumentException(of + " has no rowids");
    }
    tree = null;
    try {
      boolean found = find(of.root(), rowid);
      tree = found ? of : null;
      return found;
    } catch (CorruptDatabaseException e) {
      throw of.blame(e);
    }
  }

  private boolean find(int root, long rowid) {
    int number = root;
    int from = PageOwners.ROOT;
    for (int depth = 0; ; depth++) {
      Depth.check(number, depth);
      bounds.check(number, from);
      byte[] page = source.page(number);
      BTreePage.check(page, number, TreeKind.TABLE, format);
      int header = BTreePage.header(number);
      if (BTreePage.isLeaf(page, header)) {
        leaf = number;
        return findOn(page, header, rowid);
      }
      from = number;
      number = child(page, header, number, rowid);
    }
  }

  /** The child that leads to the row: that of the first cell whose rowid is not smaller. */
  private int child(byte[] page, int header, int pageNumber, long rowid) {
    int low = 0;
    int high = BTreePage.cellCount(page, header);
    while (low < high) {
      int middle = (low + high) >>> 1;
      int at = BTreePage.cell(page, header, middle);
      if (Cell.interiorRowid(page, pageNumber, at, format) < rowid) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return BTreePage.child(page, header, low);
  }

  private boolean findOn(byte[] page, int header, long rowid) {
    int low = 0;
    int high = BTreePage.cellCount(page, header) - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int at = BTreePage.cell(page, header, middle);
      cell.parse(page, leaf, at, TreeKind.TABLE, true, format);
      if (cell.rowid() == rowid) {
        image = page;
        return true;
      }
      if (cell.rowid() < rowid) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return false;
  }

  /**
   * Bytes of the payload of the row that was found last. In a damaged database it may be any number
   * up to 2^31 - 1, so check it before making an array of that size.
   */
  public long size() {
    return cell.payloadSize();
  }

  /**
   * Copies all of the payload of the row that was found last. Once for each row found.
   *
   * @param to has room for {@link #size} bytes
   * @throws CorruptDatabaseException if the payload's overflow pages are fewer
   */
  public void copy(byte[] to) {
    Tree of = tree;
    if (of == null) {
      throw new IllegalStateException("no row was found, or it was copied");
    }
    tree = null;
    try {
      payloads.copy(leaf, image, cell, to, (int) cell.payloadSize());
    } catch (CorruptDatabaseException e) {
      throw of.blame(e);
    }
  }
}
