// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import dev.waltap.api.WakeSignal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The wake signals there are. Each call makes a new one, for one capture, which closes it.
 *
 * <p>A signal says when to look, never what is emitted: a capture looks now and then without any,
 * and whenever it looks, it emits all that is committed.
 */
public final class WakeSignals {
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long STIRRED_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private WakeSignals() {}

  /**
   * Looks at the wal-index when the next commit is due, as far as commits are regular, else every
   * half millisecond while they come; where they are rare, when the WAL file is written to; and
   * where they come closer together than 0.6 ms, every two milliseconds. The default: a commit
   * waits for a fraction of a millisecond, for two at most, and the processor is left alone. A rare
   * one whose sync takes long is looked for as long as it stands in the WAL: it waits for an eighth
   * of that time more, or for 4 ms, and for up to a second if it takes more than one.
   */
  public static WakeSignal walIndexPolling() {
    return new PollingSignal(new CommitRhythm(), QUIET_NANOS, PollingSignal.NEVER);
  }

  /**
   * Looks at the wal-index all the time, the longer nothing comes the less often; after a second of
   * quiet, when the WAL file is written to. A commit waits for tens of microseconds, and while some
   * come every second, that takes much of a processor: thousands of looks a second.
   */
  public static WakeSignal lowLatencyPolling() {
    return new PollingSignal(new CloseLook(), QUIET_NANOS, PollingSignal.NEVER);
  }

  /**
   * Looks when the WAL file is written to, by inotify on Linux, and whenever the timer says so. On
   * systems where Java itself polls for changes of files, that takes seconds.
   */
  public static WakeSignal fileWatching(Duration timer) {
    return new PollingSignal(new CloseLook(), STIRRED_NANOS, positive(timer));
  }

  /** Looks once every period. */
  public static WakeSignal timer(Duration period) {
    return new TimerSignal(positive(period));
  }

  /** Looks when {@link WakeSignal#wake} is called, from any thread. */
  public static WakeSignal manual() {
    return new ManualSignal();
  }

  /** Looks when any of these says so. They must not be used otherwise, but may be woken. */
  public static WakeSignal anyOf(WakeSignal... signals) {
    if (signals.length == 0) {
      throw new IllegalArgumentException("any of no signals would never wake");
    }
    return new AnySignal(List.of(signals));
  }

  /** Whether this is a thread of the signal's own, on which a part of it waits. */
  public static boolean runsOn(WakeSignal signal, Thread thread) {
    return signal instanceof CountedSignal counted
        ? runsOn(counted.signal(), thread)
        : signal instanceof AnySignal any && any.runsOn(thread);
  }

  /**
   * How long a capture may rest between two looks while commits come so fast that each look finds
   * some.
   *
   * @return nanoseconds, 0 where the signal is to be asked every time
   */
  public static long briskRest(WakeSignal signal) {
    return signal instanceof CountedSignal counted
        ? briskRest(counted.signal())
        : signal instanceof PollingSignal polling ? polling.briskRest() : 0;
  }

  /**
   * Says when a commit takes another write to the WAL, so that a signal which is notified of writes
   * need not look any more. For the capture thread, before it waits.
   *
   * @param arePossible whether there may be commits without; asked on the capture thread
   */
  public static void unseenCommits(WakeSignal signal, BooleanSupplier arePossible) {
    if (signal instanceof CountedSignal counted) {
      unseenCommits(counted.signal(), arePossible);
    } else if (signal instanceof AnySignal any) {
      any.unseenCommits(arePossible);
    } else if (signal instanceof PollingSignal polling) {
      polling.unseenCommits(arePossible);
    }
  }

  /**
   * Whether a capture that waits for this signal is notified of each write to the WAL as of now, so
   * that it need not look without being woken. For the capture thread.
   */
  public static boolean isNotified(WakeSignal signal) {
    return signal instanceof CountedSignal counted
        ? isNotified(counted.signal())
        : signal instanceof PollingSignal polling && polling.isWatching();
  }

  private static long positive(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("the time must be more than 0, not " + duration);
    }
    return duration.toNanos();
  }
}
