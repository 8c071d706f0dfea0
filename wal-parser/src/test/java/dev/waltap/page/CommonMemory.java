// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import java.util.Random;

/** Memory that several holders of a test have in common, refused and wanted back at random. */
final class CommonMemory implements MemoryBudget {
  private final Random random;
  private final long total;
  private long taken;
  private long mostTaken;

  CommonMemory(Random random, long total) {
    this.random = random;
    this.total = total;
  }

  @Override
  public boolean reserve(long bytes) {
    if (taken + bytes > total || random.nextInt(10) == 0) {
      return false;
    }
    taken += bytes;
    mostTaken = Math.max(mostTaken, taken);
    return true;
  }

  @Override
  public void release(long bytes) {
    taken -= bytes;
    if (taken < 0) {
      throw new AssertionError("given back more than was taken: " + -taken + " bytes");
    }
  }

  @Override
  public boolean isOverdrawn() {
    return random.nextInt(50) == 0;
  }

  long taken() {
    return taken;
  }

  long mostTaken() {
    return mostTaken;
  }
}
