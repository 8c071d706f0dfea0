// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import java.util.Arrays;

/**
 * A set of pages that is emptied at no cost, for use again and again. Its memory follows the pages
 * that are in it, wherever in the database they are. For one thread.
 *
 * <p>Open addressing by blocks of 64 neighbours, a bit each. A place whose serial is not the
 * current one is free.
 */
public final class PageBitSet {
  private static final int SHIFT = 6;
  private static final int SPREAD = 0x9E3779B9;
  private static final int MIN_CAPACITY = 32;
  private static final int FEW = 1 << 12;

  /** Block numbers: page numbers less their last six bits. */
  private int[] blocks = new int[MIN_CAPACITY];

  private int[] serials = new int[MIN_CAPACITY];
  private long[] bits = new long[MIN_CAPACITY];
  private int serial = 1;
  private int size;

  /** Empties the set. */
  public void begin() {
    if (blocks.length > FEW && size < blocks.length / 16) {
      allocate(MIN_CAPACITY);
    }
    size = 0;
    if (++serial == Integer.MAX_VALUE) {
      Arrays.fill(serials, 0);
      serial = 1;
    }
  }

  /** Whether the page is in the set. */
  public boolean contains(int pageNumber) {
    int at = find(pageNumber >>> SHIFT);
    return serials[at] == serial && (bits[at] >>> pageNumber & 1) != 0;
  }

  /** Adds a page; returns whether it was not there before. */
  public boolean add(int pageNumber) {
    int block = pageNumber >>> SHIFT;
    int at = find(block);
    if (serials[at] != serial) {
      if ((size + 1) * 2 > blocks.length) {
        grow();
        at = find(block);
      }
      size++;
      serials[at] = serial;
      blocks[at] = block;
      bits[at] = 0;
    }
    long bit = 1L << pageNumber;
    if ((bits[at] & bit) != 0) {
      return false;
    }
    bits[at] |= bit;
    return true;
  }

  /** Where the block is, or where it would be. */
  private int find(int block) {
    int mask = blocks.length - 1;
    int at = ((block * SPREAD) >>> 6) & mask;
    while (serials[at] == serial && blocks[at] != block) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    int[] oldBlocks = blocks;
    int[] oldSerials = serials;
    long[] oldBits = bits;
    allocate(blocks.length * 2);
    for (int i = 0; i < oldBlocks.length; i++) {
      if (oldSerials[i] == serial) {
        int at = find(oldBlocks[i]);
        serials[at] = serial;
        blocks[at] = oldBlocks[i];
        bits[at] = oldBits[i];
      }
    }
  }

  private void allocate(int length) {
    blocks = new int[length];
    serials = new int[length];
    bits = new long[length];
  }
}
