// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

/** Looks once every period. */
final class TimerSignal extends ParkingSignal {
  private final long period;
  private long due = System.nanoTime();

  TimerSignal(long period) {
    this.period = period;
  }

  @Override
  long pause(long now) {
    long left = due - now;
    if (left > 0) {
      return left;
    }
    due = now + period;
    return 0;
  }
}
