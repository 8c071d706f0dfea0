// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import java.util.ArrayDeque;

/**
 * Page-sized arrays, used again. Arrays that others may still read rest in a limbo until {@link
 * #endTransaction}; so nobody has to count references. For one thread.
 */
public final class PageBuffers {
  private static final int MAX_FREE_BYTES = 4 << 20;
  private static final int MIN_FREE = 16;

  private final int pageSize;
  private final int maxFree;
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
    this.pageSize = pageSize;
    this.maxFree = (int) Math.max(MIN_FREE, Math.min(MAX_FREE_BYTES, memory) / pageSize);
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
    if (free.size() < maxFree) {
      free.addLast(buffer);
    }
  }

  /** Gives back an array that may be read until the current transaction ends. */
  public void releaseAtEnd(byte[] buffer) {
    assert buffer.length == pageSize : buffer.length + " bytes";
    if (limbo.size() < maxFree) {
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
}
