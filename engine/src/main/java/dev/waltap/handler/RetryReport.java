// SPDX-License-Identifier: Apache-2.0
package dev.waltap.handler;

import dev.waltap.text.Plural;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Says that a receiver is not reached: once when retries begin, ever more rarely while they last,
 * and once when they are over. For the handler's thread.
 */
public final class RetryReport {
  private static final long FIRST_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long MAX_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Consumer<String> warnings;
  private final LongSupplier clock;
  private final String target;

  private int failures;
  private long since;
  private long saidAt;
  private long interval;

  /**
   * A report of nothing yet.
   *
   * @param target what is done again and where, as {@code POST to ADDRESS}
   * @param clock in nanoseconds
   */
  public RetryReport(String target, Consumer<String> warnings, LongSupplier clock) {
    this.target = target;
    this.warnings = warnings;
    this.clock = clock;
  }

  /** An attempt failed, and another one will follow. */
  public void failed(String failure) {
    failures++;
    long now = clock.getAsLong();
    if (failures == 1) {
      since = now;
      saidAt = now;
      interval = FIRST_NANOS;
      warnings.accept(failure + "; trying again");
    } else if (now - saidAt >= interval) {
      saidAt = now;
      interval = Math.min(2 * interval, MAX_NANOS);
      warnings.accept(failure + "; " + failures + " attempts in " + time(now));
    }
  }

  /** A batch was delivered. */
  public void delivered() {
    if (failures > 0) {
      warnings.accept(
          target
              + " delivered again, after "
              + Plural.of(failures, "failed attempt")
              + " in "
              + time(clock.getAsLong()));
      failures = 0;
    }
  }

  private String time(long now) {
    Duration time = Duration.ofNanos(now - since);
    if (time.toMinutes() > 0) {
      return time.toMinutes() + " min";
    }
    return time.toSeconds() > 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }
}
