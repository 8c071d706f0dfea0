// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import dev.waltap.io.FileNames;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the wal-index, at times that a {@link PollingPace} sets. After some quiet it watches the
 * file instead, and looks again once that is written to: the write comes before the commit does.
 */
final class PollingSignal extends ParkingSignal {
  /** So often must there be news until the watch is given up: to end it takes a moment, too. */
  private static final int NEWS_UNTIL_BUSY = 4;

  /** Between two looks where nothing would report a write: the longest that a commit waits. */
  private static final long MAX_UNWATCHED_PAUSE = TimeUnit.MILLISECONDS.toNanos(4);

  /** One with a timer that rings more often is not left: whoever comes in its place is late. */
  private static final long MIN_LEFT = TimeUnit.SECONDS.toNanos(1);

  /**
   * So long after a write it is asked for the first time whether it may become a commit by itself.
   */
  private static final long FIRST_ASKED = TimeUnit.MICROSECONDS.toNanos(400);

  /** A timer that never rings. */
  static final long NEVER = Long.MAX_VALUE;

  private final PollingPace pace;
  private final long quietNanos;
  private final long timerNanos;
  private final int spins;
  private BooleanSupplier probe = () -> true;
  private BooleanSupplier unseen = () -> true;
  private @Nullable FileWatch watch;
  private boolean unwatchable;
  private long since = System.nanoTime();

  /** After so much quiet it is asked again whether there may be a commit without a write. */
  private long askAfter = FIRST_ASKED;

  /** Whether a commit takes another write, as of a moment when each was reported already. */
  private boolean settled;

  private long timerDue;
  private boolean looked;
  private int news;

  /**
   * A signal that looks.
   *
   * @param quietNanos after so long without news the file is watched instead
   * @param timerNanos so often it looks while it watches, whatever the file does
   */
  PollingSignal(PollingPace pace, long quietNanos, long timerNanos) {
    this.pace = pace;
    this.quietNanos = quietNanos;
    this.timerNanos = timerNanos;
    this.spins = pace.spins();
  }

  @Override
  public void start(BooleanSupplier newsProbe, Path database) {
    probe = newsProbe;
    since = System.nanoTime();
    watch = FileWatch.of(FileNames.beside(database, "-wal"), this::wake);
  }

  /**
   * Has the file watched alone where it can be as soon as each commit takes another write to it,
   * instead of after some quiet.
   *
   * @param arePossible whether there may be a commit without; asked on the capture thread
   */
  void unseenCommits(BooleanSupplier arePossible) {
    unseen = arePossible;
  }

  private void stirred(long now) {
    since = now;
    settled = false;
    askAfter = FIRST_ASKED;
  }

  @Override
  void woken(long now) {
    stirred(now);
    if (probe.getAsBoolean()) {
      news(now); // Nobody else finds them: whoever was woken looks at the log without asking.
    }
  }

  @Override
  long pause(long now) {
    for (int i = 0; i < spins; i++) {
      if (probe.getAsBoolean()) {
        stirred(now);
        news(now);
        return 0;
      }
      Thread.onSpinWait();
    }
    long quiet = now - since;
    boolean longQuiet = quiet >= quietNanos;
    if (longQuiet) {
      news = 0;
    }
    boolean watched = (longQuiet || pace.isSparse()) && watching();
    if (watched && !looked) {
      looked = true;
      timerDue = now + timerNanos;
      return 1; // Looks once more: what came before the watch began would not be reported by it.
    }
    if (watched && !longQuiet && settles(quiet)) {
      return 0; // A look at the log finds what was committed before that was asked.
    }
    if (watched && (longQuiet || settled)) {
      return timer(now);
    }
    long pause = pace.pause(now, quiet);
    return watched ? pause : Math.min(pause, MAX_UNWATCHED_PAUSE);
  }

  private boolean settles(long quiet) {
    if (settled || quiet < askAfter) {
      return false;
    }
    askAfter = 2 * quiet;
    settled = !unseen.getAsBoolean();
    return settled;
  }

  long briskRest() {
    return pace.briskRest();
  }

  private void news(long now) {
    pace.news(now);
    if (isWatching() && !pace.isSparse() && ++news >= NEWS_UNTIL_BUSY) {
      stopWatching();
    }
  }

  /** Whoever looks without being woken must not pay for a thread that is woken by each write. */
  @Override
  public void busy() {
    pace.busy();
    if (isWatching()) {
      stopWatching();
    }
  }

  /** Whether each write to the WAL wakes whoever waits. */
  boolean isWatching() {
    FileWatch current = watch;
    return current != null && current.isActive();
  }

  private void stopWatching() {
    FileWatch current = watch;
    if (current != null) {
      current.stop();
    }
  }

  private boolean watching() {
    FileWatch current = watch;
    if (current == null || unwatchable) {
      return false;
    }
    if (!current.isActive()) {
      unwatchable = !current.start();
      looked = false;
      settled = false; // Nobody reported what was written before.
      askAfter = FIRST_ASKED;
    }
    return !unwatchable;
  }

  /**
   * Whether it watches, has looked since that began, and waits for the file to be written to or for
   * its timer, if at all.
   */
  boolean isQuiet(long now) {
    return isWatching()
        && looked
        && (settled || now - since >= quietNanos)
        && timerNanos >= MIN_LEFT
        && !isWoken()
        && !probe.getAsBoolean();
  }

  private long timer(long now) {
    if (timerNanos == NEVER) {
      return NEVER;
    }
    long left = timerDue - now;
    if (left > 0) {
      return left;
    }
    timerDue = now + timerNanos;
    return 0;
  }

  @Override
  public void close() {
    stopWatching();
  }
}
