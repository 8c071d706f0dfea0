// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.FleetListener;
import java.util.concurrent.TimeUnit;

/**
 * What is done where the process has no descriptors left: nothing is opened for a while, then fewer
 * members at a time, and, since others may give some back, one more each minute. What members fail
 * for meanwhile is none of their faults. For the fleet's thread.
 */
final class Shortage {

  /** The first pause; each one that follows without an opening in between is twice as long. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int MOST_DOUBLINGS = 6;

  private static final int MOST_CAUSES = 10;

  /** To count descriptors takes some milliseconds, and many databases may be broken. */
  private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long RAISE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Of those that are open, one in so many is parked, and one more. */
  private static final int PARKED_SHARE = 8;

  private final FleetListener listener;
  private int most = Integer.MAX_VALUE;
  private long pausedUntil = System.nanoTime();
  private long raisedNanos;
  private int pauses;
  private boolean said;
  private long probedNanos = System.nanoTime() - PROBE_NANOS;
  private boolean probed;

  Shortage(FleetListener listener) {
    this.listener = listener;
  }

  /**
   * Whether it is what a member has just failed for, as far as can be seen, and whether to wait has
   * not proved vain yet.
   *
   * @param endless whether to wait is never vain, since others may give descriptors back
   */
  boolean isCauseOf(Throwable why, boolean endless, long now) {
    return (endless || pauses <= MOST_DOUBLINGS) && (isNamedBy(why) || isThere(now));
  }

  /** SQLite says only that it can't open a file. */
  private boolean isThere(long now) {
    if (now - probedNanos >= PROBE_NANOS) {
      probedNanos = now;
      probed = OpenLimit.isExhausted();
    }
    return probed;
  }

  private static boolean isNamedBy(Throwable why) {
    Throwable cause = why;
    for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
      if (String.valueOf(cause.getMessage()).contains(OpenLimit.NONE_LEFT)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /**
   * A member failed for it.
   *
   * @param running how many others are open
   * @param wanted how many may be open otherwise
   */
  void noted(Member member, int running, int wanted, long now) {
    if (now - pausedUntil >= 0) { // Several at once are one shortage.
      pausedUntil = now + (PAUSE_NANOS << Math.min(pauses++, MOST_DOUBLINGS));
      most = Math.max(1, Math.min(most, running - running / PARKED_SHARE - 1));
      raisedNanos = now;
    }
    if (!said) {
      said = true;
      listener.warning(
          member,
          "this process has no descriptors left for "
              + wanted
              + " databases at a time (--max-open): fewer are open for now, and commits to others"
              + " may wait; raise the limit of open files (ulimit -n, LimitNOFILE), or lower"
              + " --max-open");
    }
  }

  /** A member was opened. */
  void opened() {
    pauses = 0;
  }

  /** Whether members may be opened now. */
  boolean permitsOpening(long now) {
    return now - pausedUntil >= 0;
  }

  /** How many may be open where otherwise so many may. */
  int most(int wanted, long now) {
    if (most < wanted && now - raisedNanos >= RAISE_NANOS) {
      raisedNanos = now;
      most++;
    }
    return Math.min(most, wanted);
  }
}
