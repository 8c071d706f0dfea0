// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import java.util.Arrays;

/**
 * A growing list of addresses of rows: page and cell, as {@link dev.waltap.diff.RowCursor#address}
 * packs them.
 */
final class RowAddresses {
  private static final long[] NONE = {};

  /** A larger array is given up when it is cleared. */
  private static final int MAX_KEPT = 1 << 14;

  private long[] items = NONE;
  private int size;

  void add(long address) {
    if (size == items.length) {
      items = Arrays.copyOf(items, Math.max(4, size * 2));
    }
    items[size++] = address;
  }

  void clear() {
    size = 0;
    if (items.length > MAX_KEPT) {
      items = NONE;
    }
  }

  int size() {
    return size;
  }

  long get(int index) {
    return items[index];
  }
}
