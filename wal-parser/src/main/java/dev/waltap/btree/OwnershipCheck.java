// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.page.ExpensiveChecks;
import dev.waltap.page.PageBitSet;
import dev.waltap.page.PageSet;

/**
 * Compares a page set with its page owners: each page owned is held, each page held is owned, and
 * the way up from each leads to a root. One of the {@link ExpensiveChecks}. For one thread.
 */
public final class OwnershipCheck {
  /** So many pages are compared in less time than a transaction takes. */
  private static final int FEW = 1 << 10;

  private final PageOwners owners;
  private final PageSet pages;
  private final PageBitSet rooted = new PageBitSet();
  private int transactions;

  public OwnershipCheck(PageOwners owners, PageSet pages) {
    this.owners = owners;
    this.pages = pages;
  }

  /**
   * Checks after each transaction while there are few pages; of many, after every so many that it
   * takes no more time.
   */
  public void afterTransaction() {
    if (++transactions > owners.size() / FEW) {
      transactions = 0;
      check();
    }
  }

  /**
   * Checks all pages.
   *
   * @throws AssertionError naming the first for which it does not hold
   */
  void check() {
    rooted.begin();
    for (int i = 0, end = owners.end(); i < end; i++) {
      int page = owners.pageAt(i);
      if (page != 0) {
        if (!pages.contains(page)) {
          throw broken(page, "is owned and not held");
        }
        checkWayUp(page);
      }
    }
    for (int i = 0, end = pages.end(); i < end; i++) {
      int page = pages.pageAt(i);
      if (page != 0 && owners.kind(page) == PageOwners.NONE) {
        throw broken(page, "is held and not owned");
      }
    }
  }

  /** Goes up as far as to a page from which this was done before: overflow chains are long. */
  private void checkWayUp(int page) {
    int steps = 0;
    int top = page;
    while (top != PageOwners.ROOT && !rooted.contains(top)) {
      if (owners.kind(top) == PageOwners.NONE) {
        throw broken(page, "has nobody's page " + Integer.toUnsignedString(top) + " above it");
      }
      if (++steps > owners.size()) {
        throw broken(page, "is in a circle, or leads up to one");
      }
      top = owners.parent(top);
    }
    for (int at = page; at != top; at = owners.parent(at)) {
      rooted.add(at);
    }
  }

  private static AssertionError broken(int page, String what) {
    return new AssertionError("page " + Integer.toUnsignedString(page) + " " + what);
  }
}
