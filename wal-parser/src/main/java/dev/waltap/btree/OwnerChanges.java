// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.page.IntList;
import dev.waltap.page.PageBitSet;
import java.util.Arrays;

/**
 * What one transaction does to {@link PageOwners}: the pages that leave their place, and those that
 * come to one. Gathered first, then checked as a whole, and only then applied, so that nothing of a
 * transaction that breaks the invariant is ever seen. For one thread.
 *
 * <ol>
 *   <li>A page that comes lies within the database, and may belong to a tree.
 *   <li>It comes to one place only.
 *   <li>It belonged to nobody before, or leaves its place in the same transaction.
 * </ol>
 */
public final class OwnerChanges {
  private static final int MIN_CAPACITY = 64;
  private static final int MAX_KEPT = 1 << 12;

  private final PageOwners owners;
  private final PageBounds bounds;
  private final PageBitSet released = new PageBitSet();
  private final PageBitSet adopted = new PageBitSet();
  private final IntList left = new IntList();
  private int[] pages = new int[MIN_CAPACITY];
  private int[] parents = new int[MIN_CAPACITY];
  private Tree[] trees = new Tree[MIN_CAPACITY];
  private byte[] kinds = new byte[MIN_CAPACITY];
  private int count;
  private boolean checked;

  public OwnerChanges(PageOwners owners, PageFormat format) {
    this.owners = owners;
    this.bounds = new PageBounds(format);
  }

  /**
   * Forgets all.
   *
   * @param pageCount how many pages the database has after the transaction; 0 if that is not known
   */
  public void begin(int pageCount) {
    checked = false;
    bounds.pageCount(pageCount);
    released.begin();
    adopted.begin();
    left.clear();
    count = 0;
    if (pages.length > MAX_KEPT) {
      resize(MIN_CAPACITY);
    }
  }

  /** Checks that a page lies within the database and may belong to a tree. */
  public void checkBounds(int pageNumber, int from) {
    bounds.check(pageNumber, from);
  }

  /** A page leaves its place; returns whether it had not left it before. */
  public boolean release(int pageNumber) {
    assert !checked : "page " + pageNumber + " is released after the check";
    if (!released.add(pageNumber)) {
      return false;
    }
    left.add(pageNumber);
    return true;
  }

  /** Whether a page leaves its place. */
  public boolean isReleased(int pageNumber) {
    return released.contains(pageNumber);
  }

  /** Whether a page comes to a place. */
  public boolean isAdopted(int pageNumber) {
    return adopted.contains(pageNumber);
  }

  /**
   * A page comes to a place.
   *
   * @param kind one of {@link PageOwners}'s kinds
   * @param from the page that leads to it, {@link PageOwners#ROOT} for the schema
   * @throws CorruptDatabaseException if it can't, or came to another one before
   */
  public void adopt(Tree tree, int pageNumber, byte kind, int from) {
    assert !checked : "page " + pageNumber + " is adopted after the check";
    bounds.check(pageNumber, from);
    if (!adopted.add(pageNumber)) {
      throw PageBounds.shared(pageNumber, from);
    }
    if (count == pages.length) {
      resize(count * 2);
    }
    pages[count] = pageNumber;
    parents[count] = from;
    trees[count] = tree;
    kinds[count++] = kind;
  }

  /** A page moves within its tree, and with it all that it leads to: it need not be released. */
  public void move(Tree tree, int pageNumber, byte kind, int from) {
    adopt(tree, pageNumber, kind, from);
    released.add(pageNumber);
  }

  /**
   * Checks that every page that comes was free to.
   *
   * @throws CorruptDatabaseException if one still has another place, naming tree and page
   */
  public void check() {
    for (int i = 0; i < count; i++) {
      int page = pages[i];
      if (owners.kind(page) != PageOwners.NONE && !released.contains(page)) {
        throw trees[i].blame(PageBounds.shared(page, parents[i]));
      }
    }
    checked = true;
  }

  /** Moves the owners on; {@link #check} must have been called. */
  public void apply() {
    assert checked : "changes of owners are applied unchecked";
    for (int i = 0; i < left.size(); i++) {
      owners.clear(left.get(i));
    }
    for (int i = 0; i < count; i++) {
      owners.set(pages[i], kinds[i], parents[i], trees[i].ordinal());
    }
  }

  /** How many pages have left their place. */
  public int leftCount() {
    return left.size();
  }

  /** One of those. */
  public int left(int index) {
    return left.get(index);
  }

  private void resize(int length) {
    pages = Arrays.copyOf(pages, length);
    parents = Arrays.copyOf(parents, length);
    trees = Arrays.copyOf(trees, length);
    kinds = Arrays.copyOf(kinds, length);
  }
}
