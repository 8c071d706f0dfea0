// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import java.util.Arrays;

/**
 * Gives each page a slot, an index into arrays: so what is kept of pages takes memory by their
 * number, not by how far out in the database they are. Slots are handed out for sixteen neighbours
 * at once and given back with the last of them; neighbours stay together in memory. For one thread.
 *
 * <pre>
 * page number   = 28 bits block | 4 bits place
 * slot          = index of the block | 4 bits place
 * table         open addressing: block + 1 in the upper half of a long, its index in the lower one
 * </pre>
 */
public final class PageSlots {
  private static final int SHIFT = 4;
  private static final int PAGES_PER_BLOCK = 1 << SHIFT;
  private static final int PLACE = PAGES_PER_BLOCK - 1;
  private static final int SPREAD = 0x9E3779B9;

  private long[] table = new long[64];
  private int tableShift = Integer.numberOfLeadingZeros(64) + 1;

  /** The block of each index; meaningless where {@code counts} is 0. */
  private int[] blocks = new int[16];

  /** How many pages of the block are in use. */
  private byte[] counts = new byte[16];

  private int[] free = new int[16];
  private int freeCount;
  private int end;
  private int size;

  /** The key that was found last, 0 for none, and its index: the same page is asked for often. */
  private int lastKey;

  private int lastIndex;

  /** The slot of a page; -1 if there is none. One that has a slot may still not be in use. */
  public int find(int pageNumber) {
    int key = (pageNumber >>> SHIFT) + 1;
    return key == lastKey ? slot(lastIndex, pageNumber) : findInTable(key, pageNumber);
  }

  private static int slot(int index, int pageNumber) {
    return (index << SHIFT) | (pageNumber & PLACE);
  }

  private int findInTable(int key, int pageNumber) {
    int at = home(key);
    while (true) {
      long entry = table[at];
      if ((int) (entry >>> 32) == key) {
        lastKey = key;
        lastIndex = (int) entry;
        return slot(lastIndex, pageNumber);
      }
      if (entry == 0) {
        return -1;
      }
      at = (at + 1) & (table.length - 1);
    }
  }

  /**
   * Takes a page into use, which must not be; returns its slot. Arrays by slot may have to grow to
   * {@link #end} then.
   */
  public int add(int pageNumber) {
    int slot = find(pageNumber);
    if (slot < 0) {
      slot = (addBlock(pageNumber >>> SHIFT) << SHIFT) | (pageNumber & PLACE);
    }
    counts[slot >>> SHIFT]++;
    assert counts[slot >>> SHIFT] <= PAGES_PER_BLOCK : "page " + pageNumber + " is in use";
    size++;
    return slot;
  }

  /** Takes the page of a slot out of use; what the caller keeps there must be as new again. */
  public void remove(int slot) {
    size--;
    int index = slot >>> SHIFT;
    assert counts[index] > 0 : "slot " + slot + " is not in use";
    if (--counts[index] == 0) {
      removeBlock(blocks[index]);
      if (freeCount == free.length) {
        free = Arrays.copyOf(free, freeCount * 2);
      }
      free[freeCount++] = index;
    }
  }

  /** The number of the page that a slot belongs to, of one that is in use. */
  public int page(int slot) {
    return (blocks[slot >>> SHIFT] << SHIFT) | (slot & PLACE);
  }

  /** One more than the largest slot ever handed out: how large arrays by slot have to be. */
  public int end() {
    return end << SHIFT;
  }

  /** The number of pages in use. */
  public int size() {
    return size;
  }

  private int home(int key) {
    return (key * SPREAD) >>> tableShift;
  }

  private int addBlock(int block) {
    int index = freeCount > 0 ? free[--freeCount] : end++;
    if (index == blocks.length) {
      blocks = Arrays.copyOf(blocks, grown(index));
      counts = Arrays.copyOf(counts, blocks.length);
    }
    blocks[index] = block;
    if ((end - freeCount) * 2 > table.length) {
      growTable();
    }
    put(block + 1, index);
    return index;
  }

  /** A good size for an array that has become too small. */
  public static int grown(int size) {
    return Math.max(PAGES_PER_BLOCK, size + (size >> 1));
  }

  private void put(int key, int index) {
    int at = home(key);
    while (table[at] != 0) {
      at = (at + 1) & (table.length - 1);
    }
    table[at] = ((long) key << 32) | index;
  }

  private void growTable() {
    long[] earlier = table;
    table = new long[earlier.length * 2];
    tableShift--;
    for (long entry : earlier) {
      if (entry != 0) {
        put((int) (entry >>> 32), (int) entry);
      }
    }
  }

  /** Entries behind the one that goes move up, so that a search still ends at the first gap. */
  private void removeBlock(int block) {
    lastKey = 0;
    int mask = table.length - 1;
    int gap = home(block + 1);
    while ((int) (table[gap] >>> 32) != block + 1) {
      gap = (gap + 1) & mask;
    }
    int at = (gap + 1) & mask;
    while (table[at] != 0) {
      int home = home((int) (table[at] >>> 32));
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        table[gap] = table[at];
        gap = at;
      }
      at = (at + 1) & mask;
    }
    table[gap] = 0;
  }
}
