// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.page.PageSlots;
import java.util.Arrays;

/**
 * Which tree each page belongs to: one parent and one kind a page. The parent of an overflow page
 * is the one before it in its chain, and of the first one the page that holds the cell; a root has
 * the number of its tree instead.
 *
 * <p>The invariant: each page has one owner at most, and the way up from each leads to a root. It
 * is kept by those who change owners: a {@link TreeScanner} adopts the pages of whole trees, an
 * {@link OwnerChanges} what a transaction did to them, and both refuse what would break it. Memory
 * follows the pages owned, not their numbers. For one thread.
 */
public final class PageOwners {
  /** Not a page of any known tree. */
  public static final byte NONE = 0;

  /** A leaf. */
  public static final byte LEAF = 1;

  /** An interior page. */
  public static final byte INTERIOR = 2;

  /** A page of an overflow chain. */
  public static final byte OVERFLOW = 3;

  /** The parent of a root, which no page is. */
  public static final int ROOT = 0;

  private static final byte KIND = 3;
  private static final byte IS_ROOT = 4;

  private final PageSlots slots = new PageSlots();
  private int[] parents = new int[64];
  private byte[] kinds = new byte[64];

  /** What the page is, {@link #NONE} for one never heard of. */
  public byte kind(int pageNumber) {
    int slot = slots.find(pageNumber);
    return slot < 0 ? NONE : (byte) (kinds[slot] & KIND);
  }

  /** The page's parent; {@link #ROOT} for a root, and for a page never heard of. */
  public int parent(int pageNumber) {
    int slot = slots.find(pageNumber);
    return slot < 0 || (kinds[slot] & IS_ROOT) != 0 ? ROOT : parents[slot];
  }

  /** The ordinal of the tree that a page belongs to; negative for a page of none. */
  public int tree(int pageNumber) {
    int slot = slots.find(pageNumber);
    while (slot >= 0 && kinds[slot] != NONE) {
      if ((kinds[slot] & IS_ROOT) != 0) {
        return parents[slot];
      }
      slot = slots.find(parents[slot]);
    }
    return -1;
  }

  /**
   * Takes in a page of a tree that is scanned.
   *
   * @param kind what the page is
   * @param parent the page that leads to it, {@link #ROOT} for the schema
   * @throws CorruptDatabaseException if it has an owner already
   */
  public void adopt(Tree tree, int pageNumber, byte kind, int parent) {
    if (kind(pageNumber) != NONE) {
      throw PageBounds.shared(pageNumber, parent);
    }
    set(pageNumber, kind, parent, tree.ordinal());
  }

  /**
   * Says what a page is and who leads to it.
   *
   * @param parent the page that leads to it, {@link #ROOT} for the tree's root
   * @param tree the ordinal of the tree
   */
  void set(int pageNumber, byte kind, int parent, int tree) {
    assert kind != NONE && pageNumber != 0 && pageNumber != parent : "page " + pageNumber;
    int slot = slots.find(pageNumber);
    if (slot < 0 || kinds[slot] == NONE) {
      slot = slots.add(pageNumber);
      if (slots.end() > kinds.length) {
        kinds = Arrays.copyOf(kinds, PageSlots.grown(slots.end()));
        parents = Arrays.copyOf(parents, kinds.length);
      }
    }
    boolean root = parent == ROOT;
    kinds[slot] = root ? (byte) (kind | IS_ROOT) : kind;
    parents[slot] = root ? tree : parent;
  }

  /** Says that a page belongs to no tree. */
  void clear(int pageNumber) {
    int slot = slots.find(pageNumber);
    if (slot >= 0 && kinds[slot] != NONE) {
      kinds[slot] = NONE;
      parents[slot] = 0;
      slots.remove(slot);
    }
  }

  /** How many pages are owned. */
  public int size() {
    return slots.size();
  }

  /** One more than the largest index that {@link #pageAt} takes. */
  public int end() {
    return slots.end();
  }

  /** The number of an owned page, in no particular order; 0 where an index stands for none. */
  public int pageAt(int index) {
    return kinds[index] != NONE ? slots.page(index) : 0;
  }
}
