package dev.waltap.diff;

import java.util.Arrays;

/** A growing list of ints, used again. */
final class IntList {
  /** A larger array is given up when it is cleared. */
  private static final int MOST_KEPT = 1 << 12;

  private static final int FEWEST = 16;

  private int[] items = new int[FEWEST];
  private int size;

  int size() {
    return size;
  }

  int get(int index) {
    return items[index];
  }

  void add(int item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
    }
    items[size++] = item;
  }

  void clear() {
    size = 0;
    if (items.length > MOST_KEPT) {
      items = new int[FEWEST];
    }
  }
}
