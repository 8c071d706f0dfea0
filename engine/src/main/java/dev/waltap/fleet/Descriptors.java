// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * How many descriptors the process has left, as far as that is known without counting them each
 * time. For the fleet's thread.
 */
final class Descriptors {

  /** A count serves for so long: it takes some milliseconds where there are thousands. */
  private static final long COUNT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** And for so long where by then none may be left. */
  private static final long RECOUNT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final IntSupplier counter;
  private long countedNanos = System.nanoTime() - COUNT_NANOS;
  private int counted;

  /** How many may take theirs, or have taken them, since the count. */
  private int begun;

  /**
   * Not counted yet.
   *
   * @param counter counts those that are left
   */
  Descriptors(IntSupplier counter) {
    this.counter = counter;
  }

  /**
   * How many are left at least, if all that was begun takes what an open capture has.
   *
   * @param enough more need not be known exactly
   * @param opening how many members are being opened
   */
  long left(int enough, int opening, long now) {
    long age = now - countedNanos;
    if (age >= COUNT_NANOS || (age >= RECOUNT_NANOS && atLeast() < enough)) {
      counted = counter.getAsInt();
      countedNanos = now;
      begun = opening;
    }
    return atLeast();
  }

  private long atLeast() {
    return counted - (long) OpenLimit.DESCRIPTORS_EACH * begun;
  }

  /** Whether so many are left, and not only so many at least. */
  boolean isExact() {
    return begun == 0;
  }

  /** A member is opened now. */
  void begun() {
    begun++;
  }
}
