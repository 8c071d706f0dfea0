// SPDX-License-Identifier: Apache-2.0
package dev.waltap.memory;

import dev.waltap.page.MemoryBudget;
import dev.waltap.page.MemoryLimit;

/** What one holder has of a {@link MemoryPool}: a floor, and more at times. For any thread. */
final class MemoryShare implements MemoryBudget, AutoCloseable {
  private final MemoryPool pool;
  private final long floor;

  /** How many times what is left it may have beyond its floor. */
  private final int factor;

  private volatile long held;
  private boolean closed;

  /** Takes the floor. */
  MemoryShare(MemoryPool pool, long floor, int factor) {
    this.pool = pool;
    this.floor = floor;
    this.factor = factor;
    pool.takeFloor(floor);
  }

  /** The limit of a holder that uses it, up to so many bytes. */
  MemoryLimit upTo(long most) {
    return new MemoryLimit(floor, most, this);
  }

  @Override
  public synchronized boolean reserve(long bytes) {
    if (closed || !pool.take(bytes, held, factor)) {
      return false;
    }
    held += bytes;
    return true;
  }

  @Override
  public long available() {
    return pool.available(held, factor);
  }

  @Override
  public synchronized void release(long bytes) {
    if (!closed) {
      assert bytes <= held : bytes + " of " + held + " bytes";
      held -= bytes;
      pool.giveBack(bytes);
    }
  }

  @Override
  public boolean isOverdrawn() {
    long bytes = held;
    return bytes > 0 && !pool.isFair(bytes, factor);
  }

  /** Bytes that it has beyond its floor. */
  long held() {
    return held;
  }

  /** Gives back all; there is nothing more to be had then. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      pool.giveBack(held);
      pool.giveBackFloor(floor);
      held = 0;
    }
  }
}
