package dev.waltap.diff;

import java.util.Arrays;

/**
 * Cells in key order, as runs of neighbours on one page: all of a leaf, or one cell of an interior
 * page of an index b-tree between two of its children. Used again; for one thread.
 */
final class CellRuns {
  private static final int FEWEST = 8;

  /** Larger arrays are given up when they are cleared. */
  private static final int MOST_KEPT = 1 << 12;

  private int[] pages = new int[FEWEST];
  private int[] from = new int[FEWEST];
  private int[] to = new int[FEWEST];
  private int size;

  void clear() {
    size = 0;
    if (pages.length > MOST_KEPT) {
      pages = new int[FEWEST];
      from = new int[FEWEST];
      to = new int[FEWEST];
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
