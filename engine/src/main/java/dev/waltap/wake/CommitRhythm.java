// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import java.util.concurrent.TimeUnit;

/**
 * Looks when the next commit is due: to be woken costs more than to decode a small transaction, so
 * each look that finds nothing is one too many. Where commits come at regular times, the first look
 * is made a little before the next one is expected, and creeps forward until it comes too early; so
 * the thread wakes about once a commit, whatever the offset was that it began with. Where they come
 * at any time, or closer together than that, it looks at fixed times, and none waits for longer;
 * where they are rare, the file is watched, and looked at more and more seldom after each write.
 *
 * <p>For the capture thread.
 */
final class CommitRhythm implements PollingPace {

  /** Between two looks while commits are irregular: the longest that one waits, a timer aside. */
  private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(400);

  /** However regular they are: one that comes out of turn waits for so long at most. */
  private static final long MAX_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

  /** Between looks for a commit that is due; half of it is what commits wait for in the mean. */
  private static final long OVERDUE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private static final long MIN_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  /** With so much time between commits, to be notified of each costs less than to look. */
  private static final long SPARSE_NANOS = TimeUnit.MILLISECONDS.toNanos(16);

  /** From a write to its commit: the first look after it. */
  private static final long MIN_SPARSE_PAUSE = TimeUnit.MICROSECONDS.toNanos(100);

  /** Each later look comes after a quarter more of the time since the write. */
  private static final int SPARSE_SHIFT = 2;

  /** But no later than this, or than an eighth more where the write is longer ago. */
  private static final long MAX_SPARSE_PAUSE = TimeUnit.MILLISECONDS.toNanos(4);

  private static final int LATE_SPARSE_SHIFT = 3;

  /** More looks in a row than it takes to come half of the mean earlier. */
  private static final int MAX_HITS = 1000;

  /** Weight of the newest value in an average: one eighth, as in TCP's round-trip times. */
  private static final int WEIGHT_SHIFT = 3;

  /** Regular is what deviates by less than this part of the mean, one quarter. */
  private static final int REGULAR_SHIFT = 2;

  /**
   * By so much earlier is a look that follows another one that was not too early: 1/1024, times the
   * square of how many those were. Slow at first, so that few looks are too early; soon fast, so
   * that commits do not wait long where the rhythm has changed.
   */
  private static final int CREEP_SHIFT = 10;

  /** Some 500 times a second a thread is woken then, whatever the rate. */
  private static final long BRISK_REST = TimeUnit.MILLISECONDS.toNanos(2);

  private boolean begun;
  private long last;

  /** Nanoseconds from commit to commit; before there are any, they are taken to be rare. */
  private long mean = SPARSE_NANOS;

  private long deviation;

  /** Looks in a row of which none was too early. */
  private int hits;

  private boolean tooEarly;

  /** When the thread is to be woken, if it was asked to wait. */
  private long planned;

  private boolean waiting;

  /** How much later than planned it is woken, in the mean. */
  private long slack;

  @Override
  public void news(long now) {
    noteSlack(now);
    if (begun) {
      // One long pause is not a rhythm; many of them are.
      long error = Math.min(now - last, 8 * mean + POLL_NANOS) - mean;
      mean += error >> WEIGHT_SHIFT;
      deviation += (Math.abs(error) - deviation) >> WEIGHT_SHIFT;
    }
    hits = tooEarly ? 0 : Math.min(hits + 1, MAX_HITS);
    tooEarly = false;
    begun = true;
    last = now;
  }

  /**
   * Notes how late the timer was, once after each pause: what is decoded behind that is not its
   * time. Whoever was woken before the time was not woken by the timer.
   */
  private void noteSlack(long now) {
    long late = now - planned;
    if (waiting && late >= 0 && late < POLL_NANOS) {
      slack += (late - slack) >> WEIGHT_SHIFT;
    }
    waiting = false;
  }

  @Override
  public void busy() {
    mean = Math.min(mean, POLL_NANOS); // Else what was rare before would seem to be rare still.
  }

  @Override
  public boolean isSparse() {
    return mean >= SPARSE_NANOS;
  }

  /** What did not come within milliseconds hardly comes within the next microsecond. */
  @Override
  public int spins() {
    return 1;
  }

  @Override
  public long briskRest() {
    return BRISK_REST;
  }

  private boolean isRegular() {
    return mean > POLL_NANOS && deviation < mean >> REGULAR_SHIFT;
  }

  @Override
  public long pause(long now, long quiet) {
    noteSlack(now);
    long pause = Math.max(MIN_NANOS, untilNext(now, quiet) - slack);
    planned = now + pause;
    waiting = true;
    return pause;
  }

  private long untilNext(long now, long quiet) {
    if (isSparse()) {
      long pause = Math.min(quiet >> SPARSE_SHIFT, MAX_SPARSE_PAUSE);
      return Math.max(MIN_SPARSE_PAUSE, Math.max(pause, quiet >> LATE_SPARSE_SHIFT));
    }
    if (!isRegular()) {
      return POLL_NANOS;
    }
    long since = now - last;
    long creep = Math.min((long) hits * hits * (mean >> CREEP_SHIFT), mean >> 1);
    long due = mean - creep - since;
    if (due > 0) {
      return Math.min(due, MAX_PAUSE);
    }
    tooEarly = true;
    return since > 2 * mean ? POLL_NANOS : OVERDUE_NANOS;
  }
}
