// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import java.util.Arrays;

/**
 * Cells in key order, as runs of neighbours on one page: all of a leaf, or one cell of an interior
 * page of an index b-tree between two of its children. Used again; for one thread.
 */
final class CellRuns {
  private static final int MIN_CAPACITY = 8;

  /** Larger arrays are given up when they are cleared. */
  private static final int MAX_KEPT = 1 << 12;

  private int[] pages = new int[MIN_CAPACITY];
  private int[] from = new int[MIN_CAPACITY];
  private int[] to = new int[MIN_CAPACITY];
  private int size;

  void clear() {
    size = 0;
    if (pages.length > MAX_KEPT) {
      pages = new int[MIN_CAPACITY];
      from = new int[MIN_CAPACITY];
      to = new int[MIN_CAPACITY];
    }
  }

  void add(int pageNumber, int first, int end) {
    if (first == end) {
      return;
    }
    if (size == pages.length) {
      pages = Arrays.copyOf(pages, size * 2);
      from = Arrays.copyOf(from, size * 2);
      to = Arrays.copyOf(to, size * 2);
    }
    pages[size] = pageNumber;
    from[size] = first;
    to[size++] = end;
  }

  int size() {
    return size;
  }

  int page(int run) {
    return pages[run];
  }

  int from(int run) {
    return from[run];
  }

  int to(int run) {
    return to[run];
  }
}
