package dev.waltap.btree;

import java.util.Arrays;

/**
 * Which tree each page belongs to: one parent and one kind a page, five bytes. The parent of an
 * overflow page is the one before it in its chain, and of the first one the page that holds the
 * cell; the parent of a root is the tree, as a negative number. For one thread.
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

  private int[] parents = new int[1024];
  private byte[] kinds = new byte[1024];

  /** What the page is, {@link #NONE} for one never heard of. */
  public byte kind(int pageNumber) {
    return pageNumber < kinds.length ? kinds[pageNumber] : NONE;
  }

  /** The page's parent; for a root the tree's ordinal as {@code -1 - ordinal}. */
  public int parent(int pageNumber) {
    return parents[pageNumber];
  }

  /** The page's parent, 0 for a page never heard of. */
  public int parentOrZero(int pageNumber) {
    return pageNumber < parents.length ? parents[pageNumber] : 0;
  }

  /** The ordinal of the tree that a page belongs to; negative for a page of none. */
  public int tree(int pageNumber) {
    int at = pageNumber;
    while (at > 0 && at < parents.length) {
      at = parents[at];
    }
    return -1 - at;
  }

  /** Says what a page is and who leads to it. */
  public void set(int pageNumber, byte kind, int parent) {
    if (pageNumber >= kinds.length) {
      int length = Math.max(pageNumber + 1, kinds.length + (kinds.length >> 1));
      kinds = Arrays.copyOf(kinds, length);
      parents = Arrays.copyOf(parents, length);
    }
    kinds[pageNumber] = kind;
    parents[pageNumber] = parent;
  }

  /** Says who leads to a page that is owned already. */
  public void parent(int pageNumber, int parent) {
    parents[pageNumber] = parent;
  }

  /** Says that a page belongs to no tree. */
  public void clear(int pageNumber) {
    if (pageNumber < kinds.length) {
      kinds[pageNumber] = NONE;
      parents[pageNumber] = 0;
    }
  }

  /** One more than the largest page number that may be owned. */
  public int limit() {
    return kinds.length;
  }
}
