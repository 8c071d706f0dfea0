// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.format.BTreePage;
import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBitSet;

/**
 * Which pages are sound leaves, if they are leaves of a table at all, and lead to no other page:
 * most are, and a scan that comes to one need not read it again. What they are follows from the
 * tree that reaches them, so this says nothing of a page that none does. For one thread.
 */
public final class PlainLeaves {
  private final PageBitSet pages = new PageBitSet();
  private final Cell cell = new Cell();

  /** None yet. */
  public PlainLeaves() {}

  /** Looks at a page, which must not change until the scan. */
  public void look(int pageNumber, byte[] image, PageFormat format) {
    if (pageNumber != 1
        && BTreePage.type(image, 0) == BTreePage.LEAF_TABLE
        && isPlain(pageNumber, image, format)) {
      pages.add(pageNumber);
    }
  }

  private boolean isPlain(int pageNumber, byte[] image, PageFormat format) {
    try {
      BTreePage.check(image, pageNumber, TreeKind.TABLE, format);
      int cells = BTreePage.cellCount(image, 0);
      for (int i = 0; i < cells; i++) {
        int at = BTreePage.cell(image, 0, i);
        cell.parse(image, pageNumber, at, TreeKind.TABLE, true, format);
        if (cell.overflowPage() != 0) {
          return false;
        }
      }
      return true;
    } catch (CorruptDatabaseException e) {
      return false; // No leaf, or a damaged one: the scan says which.
    }
  }

  boolean contains(int pageNumber) {
    return pages.contains(pageNumber);
  }
}
