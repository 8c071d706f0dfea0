// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import java.util.concurrent.TimeUnit;

/**
 * How long to rest between two looks at the log. Usually not at all: the wake signal decides. But a
 * writer that commits every few microseconds is followed as fast if the log is looked at in larger
 * steps, and each look takes cache lines from it that it writes to with every commit, and wakes the
 * handler's thread, perhaps on its processor. For the capture thread.
 */
public final class PollPacer {
  /** Ten times the time in which a busy log is otherwise looked at, a twentieth of a generation. */
  static final long REST_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  /** Commits that come closer together are worth a rest. */
  private static final long CLOSE_NANOS = TimeUnit.MICROSECONDS.toNanos(64);

  /** How close they are is judged by so long a time, or more. */
  private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private long sampled;
  private long transactions;
  private boolean busy;

  public PollPacer(long now) {
    sampled = now;
  }

  /** A transaction was decoded. */
  public void transaction() {
    transactions++;
  }

  /** Nanoseconds to rest now that everything is decoded; 0 for none. */
  public long rest(long now) {
    long time = now - sampled;
    if (time >= SAMPLE_NANOS) {
      busy = transactions * CLOSE_NANOS >= time;
      transactions = 0;
      sampled = now;
    }
    return busy ? REST_NANOS : 0;
  }
}
