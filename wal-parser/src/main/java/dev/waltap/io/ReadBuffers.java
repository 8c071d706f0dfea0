// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.util.ArrayDeque;

/**
 * Arrays to read large pieces of files into, lent for as long as something is read. Of hundreds of
 * captures in one process few read at a time, and each for a moment: a new array each time would be
 * most of what a short capture leaves to the garbage collector. Any thread may use it; an array
 * that is not given back is collected like any other.
 */
public final class ReadBuffers {

  /** What a system call costs hardly counts for a piece of this size. */
  public static final int SIZE = 128 << 10;

  /** More captures than this hardly read at the same time; the others get new arrays. */
  private static final int KEPT = 4;

  private static final ArrayDeque<byte[]> FREE = new ArrayDeque<>(KEPT);

  private ReadBuffers() {}

  /** An array of {@link #SIZE} bytes of any content. */
  public static byte[] take() {
    synchronized (FREE) {
      byte[] free = FREE.poll();
      if (free != null) {
        return free;
      }
    }
    return new byte[SIZE];
  }

  /** Gives an array back, which the caller must not touch any more. */
  public static void give(byte[] array) {
    assert array.length == SIZE : array.length + " bytes";
    synchronized (FREE) {
      if (FREE.size() < KEPT) {
        FREE.push(array);
      }
    }
  }
}
