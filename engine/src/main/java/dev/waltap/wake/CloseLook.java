// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import java.util.concurrent.TimeUnit;

/**
 * Parks for a fraction of the time for which nothing came, so that nothing waits for long compared
 * with how long it was not there: tens of microseconds under load, for thousands of looks a second.
 */
final class CloseLook implements PollingPace {
  /** One sixteenth. */
  private static final int FRACTION_SHIFT = 4;

  private static final long MIN_PAUSE = TimeUnit.MICROSECONDS.toNanos(10);
  private static final long MAX_PAUSE = TimeUnit.MILLISECONDS.toNanos(4);

  @Override
  public void news(long now) {}

  @Override
  public boolean isSparse() {
    return false;
  }

  @Override
  public long pause(long now, long quiet) {
    return Math.max(MIN_PAUSE, Math.min(MAX_PAUSE, quiet >> FRACTION_SHIFT));
  }
}
