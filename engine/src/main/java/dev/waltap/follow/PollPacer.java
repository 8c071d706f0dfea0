// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How long to rest between two looks at the log. Where commits are seldom not at all: the wake
 * signal decides. But a writer that commits every few microseconds is followed as fast if the log
 * is looked at in larger steps, and each look takes cache lines from it that it writes to with
 * every commit, and wakes the handler's thread, perhaps on its processor. A writer that waits for
 * its disk with each commit is slowed down by a third where a capture wakes as often as it does,
 * and hardly where it wakes for some commits at once. For the capture thread.
 */
public final class PollPacer {
  /** Ten times the time in which a busy log is otherwise looked at, a twentieth of a generation. */
  static final long REST_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  /** Commits that come closer together are worth a rest. */
  private static final long CLOSE_NANOS = TimeUnit.MICROSECONDS.toNanos(64);

  /** How close they are is judged by so long a time, or more. */
  private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Commits that come closer together are worth a longer rest, if the signal allows it. */
  private static final long BRISK_NANOS = TimeUnit.MICROSECONDS.toNanos(600);

  private static final long BRISK_SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

  /** No rest is so long that more frames come meanwhile: a twentieth of a usual generation. */
  private static final long MAX_FRAMES = 50;

  /** The longest that an idle capture waits: a signal of a user's may not be one to be woken. */
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final long NOTIFIED_IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long briskRest;
  private final BooleanSupplier notified;
  private final Rate close;
  private final Rate brisk;

  /**
   * A pacer.
   *
   * @param briskRest nanoseconds to rest at most where commits are brisk; 0 not to rest then
   * @param notified whether each write to the log ends a wait
   */
  public PollPacer(long now, long briskRest, BooleanSupplier notified) {
    this.briskRest = briskRest;
    this.notified = notified;
    this.close = new Rate(CLOSE_NANOS, SAMPLE_NANOS, now);
    this.brisk = new Rate(BRISK_NANOS, BRISK_SAMPLE_NANOS, now);
  }

  /** A transaction of so many pages was decoded. */
  public void transaction(int pages) {
    close.add(pages);
    brisk.add(pages);
  }

  /** Nanoseconds to rest now that everything is decoded; 0 for none. */
  public long rest(long now) {
    boolean isBrisk = brisk.isReached(now);
    if (close.isReached(now)) {
      return REST_NANOS;
    }
    return isBrisk ? Math.min(briskRest, brisk.nanosFor(MAX_FRAMES)) : 0;
  }

  /**
   * Nanoseconds after which an idle capture looks, whatever its wake signal says.
   *
   * @param settled whether there is nothing to be saved
   */
  public long longestWait(boolean settled) {
    return settled && notified.getAsBoolean() ? NOTIFIED_IDLE_NANOS : IDLE_NANOS;
  }

  /** Whether transactions come as close together as this, judged every now and then. */
  private static final class Rate {
    private final long nanosApart;
    private final long sampleNanos;
    private long sampled;
    private long transactions;
    private long frames;
    private boolean reached;
    private long nanosPerFrame;

    Rate(long nanosApart, long sampleNanos, long now) {
      this.nanosApart = nanosApart;
      this.sampleNanos = sampleNanos;
      this.sampled = now;
    }

    void add(int pages) {
      transactions++;
      frames += pages;
    }

    /** How long it takes until so many frames have come. */
    long nanosFor(long count) {
      return count * nanosPerFrame;
    }

    boolean isReached(long now) {
      long time = now - sampled;
      if (time >= sampleNanos) {
        reached = transactions * nanosApart >= time;
        nanosPerFrame = time / Math.max(1, frames);
        transactions = 0;
        frames = 0;
        sampled = now;
      }
      return reached;
    }
  }
}
