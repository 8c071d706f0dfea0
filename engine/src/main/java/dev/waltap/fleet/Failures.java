// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.handler.RetryDelay;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What is wrong with members, when it is reported, and when they are tried again: after half a
 * second, then twice as long each time up to a minute, half of it by chance; sooner if their files
 * change. For the fleet's thread.
 */
final class Failures {
  private static final RetryDelay DELAY = new RetryDelay(500, 60_000);

  /** While a database is being made it is none yet, or not in WAL mode. */
  private static final RetryDelay YOUNG = new RetryDelay(50, 500);

  static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** A database that changes is not tried more often than this. */
  private static final long TOUCHED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Who ran so long has recovered: what happens to it then is another failure. */
  private static final long RECOVERED_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final FleetOptions options;
  private final Consumer<Member> settled;
  private final Set<Member> backingOff = new LinkedHashSet<>();

  /**
   * Of a fleet.
   *
   * @param settled gets members that were reported
   */
  Failures(FleetOptions options, Consumer<Member> settled) {
    this.options = options;
    this.settled = settled;
  }

  /** Whether it is no failure of one database: all share the handler. */
  boolean isFatal(Throwable why) {
    return why instanceof CaptureException capture
        && capture.reason() == Reason.HANDLER
        && options.shared().test(why);
  }

  /** Notes what is wrong with it, but for one that is just being made. */
  void failed(Member member, Throwable why) {
    if (member.readyNanos != 0 || System.nanoTime() - member.sinceNanos >= YOUNG_NANOS) {
      member.failure(words(member, why));
    }
  }

  private static CaptureException words(Member member, Throwable why) {
    return why instanceof CaptureException capture
        ? capture
        : DatabaseChecks.failed(member.database(), why);
  }

  /** It is tried again later. */
  void backOff(Member member, Throwable why) {
    long now = System.nanoTime();
    if (member.readyNanos != 0 && now - member.readyNanos > RECOVERED_NANOS) {
      recovered(member);
    }
    boolean young = now - member.sinceNanos < YOUNG_NANOS;
    long millis = (young ? YOUNG : DELAY).millis(member.attempts++, 0);
    member.retryNanos = now + TimeUnit.MILLISECONDS.toNanos(millis);
    member.stamp = FileStamp.of(member.real());
    backingOff.add(member);
    if (!young) {
      report(member, why, true);
    }
  }

  /** Reports it unless that was done before. */
  void report(Member member, Throwable why, boolean retried) {
    CaptureException failure = words(member, why);
    member.failure(failure);
    String reason = failure.reason() + String.valueOf(failure.getMessage()).replaceAll("\\d+", "0");
    if (!reason.equals(member.reported)) {
      member.reported = reason;
      member.failing = true;
      options.listener().failed(member, failure, retried);
    }
    settled.accept(member);
  }

  /** Those to be tried again now. */
  List<Member> due(long now) {
    if (backingOff.isEmpty()) {
      return List.of();
    }
    List<Member> due = new ArrayList<>();
    for (Member member : backingOff) {
      if (now - member.retryNanos >= 0) {
        due.add(member);
      }
    }
    due.forEach(backingOff::remove);
    return due;
  }

  /** A file of one that backs off has changed: what was wrong with it may be right now. */
  void touched(Member member) {
    if (backingOff.contains(member) && !FileStamp.of(member.real()).equals(member.stamp)) {
      member.retryNanos = Math.min(member.retryNanos, System.nanoTime() + TOUCHED_NANOS);
    }
  }

  /** It is captured; returns whether it was reported to be not. */
  boolean isCapturedAgain(Member member) {
    boolean was = member.failing;
    member.failing = false;
    member.failure(null);
    return was;
  }

  /** It went well for a while: what comes now is reported, whatever was before. */
  void recovered(Member member) {
    member.reported = "";
    member.attempts = 0;
  }

  void forget(Member member) {
    backingOff.remove(member);
  }
}
