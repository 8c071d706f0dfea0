// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import java.util.ArrayDeque;

/**
 * Page-sized arrays, used again. Arrays that others may still read rest in a limbo until {@link
 * #endTransaction}; so nobody has to count references. For one thread.
 */
public final class PageBuffers implements AutoCloseable {
  private static final int MAX_FREE_BYTES = 4 << 20;
  private static final int MIN_FREE = 16;

  private final int pageSize;
  private final MemoryLimit memory;
  private final int minFree;

  /** How many are kept in each of the two at most. */
  private int maxFree;

  private final ArrayDeque<byte[]> free = new ArrayDeque<>();
  private final ArrayDeque<byte[]> limbo = new ArrayDeque<>();

  /** Arrays of so many bytes. */
  public PageBuffers(int pageSize) {
    this(pageSize, MAX_FREE_BYTES);
  }

  /**
   * The same, of which few are kept for later.
   *
   * @param memory bytes of those that are kept at most; a floor of a few pages applies
   */
  public PageBuffers(int pageSize, long memory) {
    this(pageSize, MemoryLimit.of(memory));
  }

  /**
   * The same.
   *
   * @param memory bounds those that are kept in either way; ours from here on
   */
  public PageBuffers(int pageSize, MemoryLimit memory) {
    this.pageSize = pageSize;
    this.memory = memory;
    this.minFree = (int) Math.max(MIN_FREE, Math.min(MAX_FREE_BYTES, memory.floor()) / pageSize);
    this.maxFree = minFree;
  }

  /** The size of each array in bytes. */
  public int pageSize() {
    return pageSize;
  }

  /** An array with any content; the caller's until it is released. */
  public byte[] take() {
    byte[] buffer = free.pollLast();
    return buffer != null ? buffer : new byte[pageSize];
  }

  /** Gives back an array that nobody reads any more. */
  public void release(byte[] buffer) {
    assert buffer.length == pageSize : buffer.length + " bytes";
    if (free.size() < maxFree || grow()) {
      free.addLast(buffer);
    }
  }

  /** Gives back an array that may be read until the current transaction ends. */
  public void releaseAtEnd(byte[] buffer) {
    assert buffer.length == pageSize : buffer.length + " bytes";
    if (limbo.size() < maxFree || grow()) {
      limbo.addLast(buffer);
    }
  }

  /** From here on nobody reads what was released for this moment. */
  public void endTransaction() {
    byte[] buffer;
    while ((buffer = limbo.pollLast()) != null) {
      release(buffer);
    }
  }

  /** Lets more be kept, in either way, if there is memory for it. */
  private boolean grow() {
    int more = piece();
    if (!memory.isGrowing() || !memory.grow(2L * more * pageSize)) {
      return false;
    }
    maxFree += more;
    return true;
  }

  private int piece() {
    return Math.max(1, MemoryLimit.PIECE / 2 / pageSize);
  }

  /** Whether fewer have to be kept, since others need the memory. */
  boolean isOverdrawn() {
    return memory.isOverdrawn();
  }

  /** Keeps a piece less than it may now. */
  void shrink() {
    int less = Math.min(piece(), maxFree - minFree);
    keep(maxFree - less);
    memory.shrink(2L * less * pageSize);
  }

  /** Keeps as few as it did at first. */
  public void shrinkAll() {
    keep(minFree);
    memory.close();
  }

  private void keep(int most) {
    maxFree = most;
    while (free.size() > maxFree) {
      free.removeLast();
    }
    while (limbo.size() > maxFree) {
      limbo.removeLast(); // Whoever reads it keeps it.
    }
  }

  /** Gives back the memory that it takes beyond its floor. */
  @Override
  public void close() {
    shrinkAll();
  }
}
