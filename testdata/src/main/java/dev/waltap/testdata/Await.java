// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for what other threads and processes do, and fails once it has taken too long. */
public final class Await {
  private static final long LONGEST_USUAL_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private Await() {}

  /** What is waited for. */
  @FunctionalInterface
  public interface Condition {
    /** Whether it is so by now; throws where it can't come any more. */
    boolean holds() throws Exception;
  }

  /** What a failure says. */
  @FunctionalInterface
  public interface Description {
    /** The text, made when it is needed. */
    String text() throws Exception;
  }

  /**
   * Returns soon after the condition holds. Looks again after 1 ms, then more and more rarely, up
   * to 20 ms, and takes at most a third of the time for that where looking itself takes long.
   *
   * @throws AssertionError with this text if it does not hold within the limit
   */
  public static void until(Duration limit, Condition condition, Description otherwise)
      throws Exception {
    long begun = System.nanoTime();
    long pause = 1;
    while (true) {
      long looked = System.nanoTime();
      if (condition.holds()) {
        return;
      }
      long now = System.nanoTime();
      if (now - begun > limit.toNanos()) {
        throw new AssertionError(otherwise.text() + " (waited for " + limit.toSeconds() + " s)");
      }
      long twice = 2 * TimeUnit.NANOSECONDS.toMillis(now - looked);
      Thread.sleep(Math.min(Math.max(pause, twice), LONGEST_PAUSE_MILLIS));
      pause = Math.min(2 * pause, LONGEST_USUAL_PAUSE_MILLIS);
    }
  }
}
