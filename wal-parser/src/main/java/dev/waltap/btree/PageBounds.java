// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;

/** Which pages something in a database may lead to. For one thread. */
public final class PageBounds {
  private final int lockBytePage;
  private int pageCount;

  public PageBounds(PageFormat format) {
    this.lockBytePage = format.lockBytePage();
  }

  /** Says how many pages the database has, an unsigned number; 0 for one that is not known. */
  public void pageCount(int pages) {
    pageCount = pages;
  }

  /**
   * Checks that a page lies within the database and may belong to a tree.
   *
   * @param from the page that leads to it, {@link PageOwners#ROOT} for the schema
   * @throws CorruptDatabaseException if it may not
   */
  public void check(int pageNumber, int from) {
    if (pageNumber == 0 || Integer.compareUnsigned(pageNumber - 1, pageCount - 1) > 0) {
      throw leads(pageNumber, from, " of " + Integer.toUnsignedString(pageCount));
    }
    if (pageNumber == lockBytePage) {
      throw leads(pageNumber, from, ", which is for locks alone");
    }
    if (pageNumber == 1 && from != PageOwners.ROOT) {
      throw leads(pageNumber, from, ", the root of the schema");
    }
  }

  /** What is wrong with a page that two lead to. */
  public static CorruptDatabaseException shared(int pageNumber, int from) {
    return leads(pageNumber, from, ", which something else leads to as well");
  }

  private static CorruptDatabaseException leads(int pageNumber, int from, String what) {
    return new CorruptDatabaseException(
        (from == PageOwners.ROOT ? "the schema" : "page " + Integer.toUnsignedString(from))
            + " leads to page "
            + Integer.toUnsignedString(pageNumber)
            + what);
  }
}
