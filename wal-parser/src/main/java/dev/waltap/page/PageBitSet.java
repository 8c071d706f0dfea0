// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import java.util.Arrays;

/**
 * A set of pages that is emptied at no cost, for use again and again. Its memory follows the pages
 * that are in it, wherever in the database they are. For one thread.
 *
 * <p>Open addressing by blocks of 64 neighbours, a bit each. A key holds the serial of the emptying
 * since which it counts, and the block; a place with the key of an earlier serial is free.
 */
public final class PageBitSet {
  private static final int SHIFT = 6;
  private static final int SPREAD = 0x9E3779B9;
  private static final int MIN_CAPACITY = 32;
  private static final int FEW = 1 << 12;

  /** Serials in the upper half, block numbers in the lower: page numbers less their last bits. */
  private long[] keys = new long[MIN_CAPACITY];

  private long[] bits = new long[MIN_CAPACITY];
  private int serial = 1;
  private int size;

  /** Where the last key was found: neighbours are asked for one after the other. */
  private int last;

  /** The last key that was asked for in vain; 0, which is none, if there is none. */
  private long absent;

  /** Empties the set. */
  public void begin() {
    if (keys.length > FEW && size < keys.length / 16) {
      allocate(MIN_CAPACITY);
    }
    size = 0;
    if (++serial == Integer.MAX_VALUE) {
      Arrays.fill(keys, 0);
      absent = 0;
      serial = 1;
    }
  }

  /** Whether the page is in the set. */
  public boolean contains(int pageNumber) {
    long key = key(pageNumber >>> SHIFT);
    if (key == absent) {
      return false;
    }
    int at = find(key);
    if (keys[at] != key) {
      absent = key;
      return false;
    }
    return (bits[at] >>> pageNumber & 1) != 0;
  }

  /** Adds a page; returns whether it was not there before. */
  public boolean add(int pageNumber) {
    long key = key(pageNumber >>> SHIFT);
    int at = find(key);
    if (keys[at] != key) {
      if ((size + 1) * 2 > keys.length) {
        grow();
        at = find(key);
      }
      size++;
      keys[at] = key;
      bits[at] = 0;
      absent = 0;
    }
    long bit = 1L << pageNumber;
    if ((bits[at] & bit) != 0) {
      return false;
    }
    bits[at] |= bit;
    return true;
  }

  private long key(int block) {
    return (long) serial << 32 | block;
  }

  /** Where the key is, or where it would be. */
  private int find(long key) {
    if (keys[last] == key) {
      return last;
    }
    int mask = keys.length - 1;
    int at = (((int) key * SPREAD) >>> 6) & mask;
    while (keys[at] != key && (int) (keys[at] >>> 32) == serial) {
      at = (at + 1) & mask;
    }
    last = at;
    return at;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldBits = bits;
    allocate(keys.length * 2);
    for (int i = 0; i < oldKeys.length; i++) {
      if ((int) (oldKeys[i] >>> 32) == serial) {
        int at = find(oldKeys[i]);
        keys[at] = oldKeys[i];
        bits[at] = oldBits[i];
      }
    }
  }

  private void allocate(int length) {
    keys = new long[length];
    bits = new long[length];
    last = 0;
  }
}
