package dev.waltap.decode;

import java.util.Arrays;

/** A growing list of places of rows. */
final class Places {
  private static final long[] NONE = {};

  private long[] items = NONE;
  private int size;

  void add(long place) {
    if (size == items.length) {
      items = Arrays.copyOf(items, Math.max(4, size * 2));
    }
    items[size++] = place;
  }

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  long get(int index) {
    return items[index];
  }
}
