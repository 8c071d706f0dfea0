// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import java.util.Arrays;

/** A map of ints to ints that is emptied at no cost, for use again and again. For one thread. */
final class IntMap {
  private static final int SPREAD = 0x9E3779B9;
  private static final int MIN_CAPACITY = 32;
  private static final int FEW = 1 << 12;

  /** What {@link #get} returns for a key that is not there; no value may be negative. */
  static final int NONE = -1;

  private int[] keys = new int[MIN_CAPACITY];
  private int[] values = new int[MIN_CAPACITY];
  private int[] serials = new int[MIN_CAPACITY];
  private int serial = 1;
  private int size;

  /** Empties the map. */
  void begin() {
    if (keys.length > FEW && size < keys.length / 16) {
      allocate(MIN_CAPACITY);
    }
    size = 0;
    if (++serial == Integer.MAX_VALUE) {
      Arrays.fill(serials, 0);
      serial = 1;
    }
  }

  int size() {
    return size;
  }

  int get(int key) {
    int at = find(key);
    return serials[at] == serial ? values[at] : NONE;
  }

  void put(int key, int value) {
    assert value >= 0 : value;
    int at = find(key);
    if (serials[at] != serial) {
      if ((size + 1) * 2 > keys.length) {
        grow();
        at = find(key);
      }
      size++;
      serials[at] = serial;
      keys[at] = key;
    }
    values[at] = value;
  }

  /** Where the key is, or where it would be. */
  private int find(int key) {
    int mask = keys.length - 1;
    int at = ((key * SPREAD) >>> 7) & mask;
    while (serials[at] == serial && keys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    int[] oldKeys = keys;
    int[] oldValues = values;
    int[] oldSerials = serials;
    allocate(keys.length * 2);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldSerials[i] == serial) {
        int at = find(oldKeys[i]);
        serials[at] = serial;
        keys[at] = oldKeys[i];
        values[at] = oldValues[i];
      }
    }
  }

  private void allocate(int length) {
    keys = new int[length];
    values = new int[length];
    serials = new int[length];
  }
}
