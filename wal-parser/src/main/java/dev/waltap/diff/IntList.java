package dev.waltap.diff;

import java.util.Arrays;

/** A growing list of ints, used again. */
final class IntList {
  private int[] items = new int[16];
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
  }
}
