// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

/**
 * Memory that several holders have in common, each beside what is its own: taken and given back in
 * pieces of some 64 KiB. Nobody waits for it: whoever is refused makes do with what it has. For the
 * holder's thread.
 */
public interface MemoryBudget {

  /** One of which there is nothing to take. */
  MemoryBudget NONE =
      new MemoryBudget() {
        @Override
        public boolean reserve(long bytes) {
          return false;
        }

        @Override
        public void release(long bytes) {
          throw new IllegalStateException("nothing was reserved");
        }

        @Override
        public boolean isOverdrawn() {
          return false;
        }
      };

  /** Takes so many bytes if they are there, and no more than this holder's fair part; at once. */
  boolean reserve(long bytes);

  /** About how many more bytes could be reserved now; an estimate of those that follow. */
  default long available() {
    return Long.MAX_VALUE;
  }

  /** Gives back so many of the bytes that were reserved. */
  void release(long bytes);

  /**
   * Whether this holder has more than its fair part by now, since others came to need memory: it is
   * to give back some of it whenever it is about to take anything into memory. Costs as little as
   * reading a field of another thread.
   */
  boolean isOverdrawn();
}
