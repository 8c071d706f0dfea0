// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.FleetListener;
import dev.waltap.io.FileNames;
import dev.waltap.sqlite.ResultCodes;
import java.io.FileNotFoundException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.sqlite.SQLiteErrorCode;

/**
 * What is done where the process has few descriptors left, or none. Each database that was opened
 * once keeps one, or two, until it is deleted: no more are begun with than leave enough for those
 * that were captured before. As long as members are open, closing some helps: fewer may be open
 * then, and, since others may give some back, one more each minute. Where a member failed for want
 * of descriptors all the same, nothing is opened for a while; it is none of its faults. For the
 * fleet's thread.
 */
final class Shortage {

  /** Whether there are descriptors for a member. */
  enum Room {
    /** It may be opened. */
    HERE,
    /** Others are being opened or closed: it may be soon. */
    LATER,
    /** Not while those that were captured before are. */
    NONE
  }

  /** What is left for those that were captured before, when all are parked: two may be open. */
  private static final int RESERVE = 2 * OpenLimit.DESCRIPTORS_EACH;

  /** What one that is parked gives back at least. */
  private static final int FREED_EACH = 20;

  /** One that is to make room may be held up by a handler: it is waited for so long. */
  private static final long LATER_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** The first pause; each one that follows without an opening in between is twice as long. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int MOST_DOUBLINGS = 3;

  /** After so many pauses it is vain to wait where only others may give some back. */
  private static final int MOST_PAUSES = 10;

  private static final int MOST_CAUSES = 10;

  /** The system has none left for any process, which parking some of ours does not mend. */
  private static final String OF_THE_SYSTEM = OpenLimit.NONE_LEFT + " in system";

  private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long RAISE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Of those that are open, one in so many is parked, and one more. */
  private static final int PARKED_SHARE = 8;

  private final FleetListener listener;
  private final Descriptors descriptors;
  private int most = Integer.MAX_VALUE;
  private long pausedUntil = System.nanoTime();
  private long raisedNanos;
  private int pauses;
  private boolean said;

  /** Since when those that were never captured, or those that were, have to wait. */
  private final Wait newcomers = new Wait();

  private final Wait captured = new Wait();
  private long probedNanos = System.nanoTime() - PROBE_NANOS;
  private boolean probed;

  Shortage(FleetListener listener, Descriptors descriptors) {
    this.listener = listener;
    this.descriptors = descriptors;
  }

  /**
   * Whether there is room for a member that is about to be opened.
   *
   * @param opening how many others are being opened
   * @param open how many others are open, these included
   * @param closable how many of those can be closed, or will end by themselves
   * @param wanted how many may be open otherwise
   * @param endless whether members are parked for others, and captured again
   */
  Room room(
      Member member, int opening, int open, int closable, int wanted, boolean endless, long now) {
    boolean isNew = !member.captured;
    if (!isNew && most >= wanted) {
      descriptors.begun();
      return Room.HERE;
    }
    int enough = OpenLimit.DESCRIPTORS_EACH + (isNew && endless ? RESERVE : 0);
    long left = descriptors.left(enough, opening, now);
    long all = left + (long) FREED_EACH * closable;
    Wait wait = isNew ? newcomers : captured;
    if (left >= OpenLimit.DESCRIPTORS_EACH && all >= enough) {
      wait.end();
      descriptors.begun();
      return Room.HERE;
    }
    if (!endless || wait.nanos(now) < LATER_NANOS) {
      if (!descriptors.isExact()) {
        return Room.LATER;
      }
      if (all >= enough) {
        long fit = open - closable + all / OpenLimit.DESCRIPTORS_EACH;
        lower((int) Math.min(fit, open), now);
        warn(member, wanted);
        return Room.LATER;
      }
    }
    return isNew ? Room.NONE : Room.HERE; // What was captured before is tried, come what may.
  }

  /** For how long members of a kind have waited, and none of them was opened. */
  private static final class Wait {
    private boolean waiting;
    private long since;
    private long asked;

    /** Begins, unless it has begun; returns how long ago that was. */
    long nanos(long now) {
      if (!waiting || now - asked > LATER_NANOS) { // Nobody has waited in between.
        waiting = true;
        since = now;
      }
      asked = now;
      return now - since;
    }

    void end() {
      waiting = false;
    }
  }

  /** Why a member for which there is no room is not opened. */
  static CaptureException none(Member member) {
    return new CaptureException(
        Reason.FAILED,
        FileNames.text(member.database())
            + ": not captured: this process may have "
            + OpenLimit.descriptors()
            + " open files, keeps one or two for each database that it has opened, and needs those"
            + " that are left for these: raise the limit (ulimit -n, LimitNOFILE), or capture"
            + " fewer databases");
  }

  /**
   * Whether it is what a capture has just failed for, as far as can be seen, and whether to wait
   * has not proved vain yet. What a handler fails for is no sign: its server may say the same of
   * itself.
   *
   * @param endless whether to wait is never vain, since others may give descriptors back
   */
  boolean isCauseOf(Throwable why, boolean endless, long now) {
    if (!endless && pauses > MOST_PAUSES) {
      return false;
    }
    boolean cannotOpen = false;
    Throwable cause = why;
    for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
      if (cause instanceof CaptureException capture && capture.reason() == Reason.HANDLER) {
        return false;
      }
      if (isNamedBy(cause)) {
        return true;
      }
      cannotOpen |=
          cause instanceof SQLException e
              && ResultCodes.primary(e) == SQLiteErrorCode.SQLITE_CANTOPEN;
      cause = cause.getCause();
    }
    return cannotOpen && isThere(now);
  }

  private static boolean isNamedBy(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    boolean isOurs =
        cause instanceof FileSystemException
            || cause instanceof FileNotFoundException
            || cause instanceof CaptureException;
    return isOurs && message.contains(OpenLimit.NONE_LEFT) && !message.contains(OF_THE_SYSTEM);
  }

  /** SQLite says only that it can't open a file. */
  private boolean isThere(long now) {
    if (now - probedNanos >= PROBE_NANOS) { // Many databases may be broken.
      probedNanos = now;
      probed = OpenLimit.isExhausted();
    }
    return probed;
  }

  /**
   * A member failed for it.
   *
   * @param open how many others are open
   * @param wanted how many may be open otherwise
   */
  void noted(Member member, int open, int wanted, long now) {
    if (now - pausedUntil >= 0) { // Several at once are one shortage.
      pausedUntil = now + (PAUSE_NANOS << Math.min(pauses++, MOST_DOUBLINGS));
      lower(open - open / PARKED_SHARE - 1, now);
    }
    warn(member, wanted);
  }

  private void lower(int to, long now) {
    most = Math.max(1, Math.min(most, to));
    raisedNanos = now;
  }

  private void warn(Member member, int wanted) {
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
    if (most >= wanted) {
      said = false; // It is over: another one is said again.
    }
    return Math.min(most, wanted);
  }
}
