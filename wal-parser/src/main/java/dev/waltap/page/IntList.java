// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import java.util.Arrays;

/** A growing list of ints, used again. For one thread. */
public final class IntList {
  /** A larger array is given up when the list is cleared. */
  private static final int MAX_KEPT = 1 << 12;

  private static final int MIN_CAPACITY = 16;

  private int[] items = new int[MIN_CAPACITY];
  private int size;

  /** How many there are. */
  public int size() {
    return size;
  }

  /** One of them, from 0. */
  public int get(int index) {
    return items[index];
  }

  /** Appends one. */
  public void add(int item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
    }
    items[size++] = item;
  }

  /** Takes out the last one; there must be one. */
  public int removeLast() {
    return items[--size];
  }

  /** Empties the list. */
  public void clear() {
    size = 0;
    if (items.length > MAX_KEPT) {
      items = new int[MIN_CAPACITY];
    }
  }
}
