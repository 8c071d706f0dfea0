// SPDX-License-Identifier: Apache-2.0
package dev.waltap.memory;

import java.util.concurrent.atomic.AtomicLong;

/** Memory that captures have in common. For any thread. */
public final class MemoryPool {

  /** Of the heap. */
  private static final int PART_OF_HEAP = 4;

  private static final MemoryPool OF_HEAP =
      new MemoryPool(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);

  private final long total;

  /** Less than nothing where the floors alone are more than there is. */
  private final AtomicLong free;

  private final AtomicLong floors = new AtomicLong();

  /** A pool of so many bytes. */
  public MemoryPool(long total) {
    this.total = total;
    this.free = new AtomicLong(total);
  }

  /** A quarter of this process's heap: one pool, however many fleets there are. */
  public static MemoryPool ofHeap() {
    return OF_HEAP;
  }

  /** Bytes in all. */
  public long total() {
    return total;
  }

  /** Bytes that nobody has; less than 0 if the floors alone are more than there is. */
  public long free() {
    return free.get();
  }

  /** Takes bytes that somebody has for sure. */
  void takeFloor(long bytes) {
    floors.addAndGet(bytes);
    free.addAndGet(-bytes);
  }

  void giveBackFloor(long bytes) {
    floors.addAndGet(-bytes);
    giveBack(bytes);
  }

  /** Takes bytes if that is fair, see {@link #isFair}, for a holder that has so many already. */
  boolean take(long bytes, long held, int factor) {
    long now = free.get();
    while (isFair(held + bytes, now - bytes, factor)) {
      if (free.compareAndSet(now, now - bytes)) {
        return true;
      }
      now = free.get();
    }
    return false;
  }

  void giveBack(long bytes) {
    long now = free.addAndGet(bytes);
    assert now <= total : now + " bytes of " + total;
  }

  /** Whether a holder may go on having so many bytes: no more than so many times what is left. */
  boolean isFair(long held, int factor) {
    return isFair(held, free.get(), factor);
  }

  /** Bytes that a holder could take now, who has so many already. */
  long available(long held, int factor) {
    return Math.max(0, (free.get() * factor - held) / (factor + 1));
  }

  private static boolean isFair(long held, long left, int factor) {
    return left >= 0 && held <= left * factor;
  }

  /**
   * Whether so little is left, of what is beyond the floors, that those that are idle should give
   * back what they have.
   */
  boolean isShort() {
    return free.get() < (total - floors.get()) / 2;
  }
}
