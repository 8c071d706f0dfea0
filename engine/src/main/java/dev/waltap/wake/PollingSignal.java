// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import dev.waltap.io.FileNames;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the wal-index: spins for a moment, then parks for a fraction of the time for which
 * nothing came, so that nothing waits for long compared with how long it was not there. After some
 * quiet it watches the file instead, and looks closely again once that is written to: the write
 * comes before the commit does.
 */
final class PollingSignal extends ParkingSignal {
  private static final int SPINS = 20;

  /** One sixteenth. */
  private static final int FRACTION_SHIFT = 4;

  private static final long SHORTEST_PARK = TimeUnit.MICROSECONDS.toNanos(10);
  private static final long LONGEST_PARK = TimeUnit.MILLISECONDS.toNanos(4);

  /** So often must there be news until the watch is given up: to end it takes a moment, too. */
  private static final int NEWS_UNTIL_BUSY = 4;

  /** A timer that never rings. */
  static final long NEVER = Long.MAX_VALUE;

  private final long quietNanos;
  private final long timerNanos;
  private BooleanSupplier probe = () -> true;
  private @Nullable FileWatch watch;
  private boolean unwatchable;
  private long since = System.nanoTime();
  private long timerDue;
  private boolean looked;
  private int news;

  PollingSignal(long quietNanos, long timerNanos) {
    this.quietNanos = quietNanos;
    this.timerNanos = timerNanos;
  }

  @Override
  public void start(BooleanSupplier newsProbe, Path database) {
    probe = newsProbe;
    since = System.nanoTime();
    watch = FileWatch.of(FileNames.beside(database, "-wal"), this::wake);
  }

  @Override
  void woken(long now) {
    since = now;
  }

  @Override
  long pause(long now) {
    for (int i = 0; i < SPINS; i++) {
      if (probe.getAsBoolean()) {
        since = now;
        busy();
        return 0;
      }
      Thread.onSpinWait();
    }
    long quiet = now - since;
    if (quiet >= quietNanos && watching()) {
      return timer(now);
    }
    return Math.max(SHORTEST_PARK, Math.min(LONGEST_PARK, quiet >> FRACTION_SHIFT));
  }

  private void busy() {
    FileWatch current = watch;
    if (current != null && current.isActive() && ++news >= NEWS_UNTIL_BUSY) {
      current.stop();
    }
  }

  private boolean watching() {
    FileWatch current = watch;
    if (current == null || unwatchable) {
      return false;
    }
    news = 0;
    if (!current.isActive()) {
      unwatchable = !current.start();
      looked = false;
    }
    return !unwatchable;
  }

  private long timer(long now) {
    if (!looked) {
      looked = true;
      timerDue = now + timerNanos;
      return 1; // Looks once more: what came before the watch began would not be reported by it.
    }
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
    FileWatch current = watch;
    if (current != null) {
      current.stop();
    }
  }
}
