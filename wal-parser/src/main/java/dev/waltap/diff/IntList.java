package dev.waltap.diff;

import java.util.Arrays;

/** A growing list of ints, used again. */
final class IntList {
  /** A larger array is given up when it is cleared. */
  private static final int MAX_KEPT = 1 << 12;

  private static final int MIN_CAPACITY = 16;

  private int[] items = new int[MIN_CAPACITY];
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
    if (items.length > MAX_KEPT) {
      items = new int[MIN_CAPACITY];
    }
  }
}
