// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import dev.waltap.api.WakeSignal;
import dev.waltap.host.Threads;
import dev.waltap.io.Closer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks when any of several signals says so. Those of this package are asked in turn on the capture
 * thread; what users wrote themselves can only block, so each gets a thread, which {@link #close}
 * ends.
 */
final class AnySignal extends ParkingSignal {
  private final List<WakeSignal> all;
  private final List<ParkingSignal> parts = new ArrayList<>();
  private final List<Blocker> blockers = new ArrayList<>();

  AnySignal(List<WakeSignal> signals) {
    this.all = signals;
    for (WakeSignal signal : signals) {
      if (signal instanceof ParkingSignal part) {
        part.partOf(this);
        parts.add(part);
      } else {
        blockers.add(new Blocker(signal, this));
      }
    }
  }

  @Override
  public void start(BooleanSupplier probe, Path database) {
    parts.forEach(part -> part.start(probe, database));
    blockers.forEach(blocker -> blocker.start(database));
  }

  void unseenCommits(BooleanSupplier arePossible) {
    all.forEach(signal -> WakeSignals.unseenCommits(signal, arePossible));
  }

  @Override
  long pause(long now) {
    long min = Long.MAX_VALUE;
    for (ParkingSignal part : parts) {
      min = Math.min(min, part.takeWoken(now) ? 0 : part.pause(now));
    }
    return min;
  }

  @Override
  void woken(long now) {
    parts.forEach(part -> part.takeWoken(now));
  }

  @Override
  public void busy() {
    parts.forEach(ParkingSignal::busy);
  }

  @Override
  void partOf(ParkingSignal other) {
    super.partOf(other);
  }

  /** Whether it is a thread on which one of the signals waits. */
  boolean runsOn(Thread thread) {
    return blockers.stream().anyMatch(blocker -> blocker.thread == thread);
  }

  @Override
  public void close() {
    try (Closer closer = new Closer()) {
      for (WakeSignal signal : all) {
        closer.open(() -> signal);
      }
      for (Blocker blocker : blockers) {
        closer.open(() -> blocker);
      }
    }
  }

  /** Waits for one signal on a thread of its own, and hands on what it says. */
  private static final class Blocker implements AutoCloseable {
    private static final long MAX_WAIT = 200_000_000;

    private final WakeSignal signal;
    private final ParkingSignal whole;
    private volatile boolean stopped;
    private volatile @Nullable Thread thread;

    Blocker(WakeSignal signal, ParkingSignal whole) {
      this.signal = signal;
      this.whole = whole;
    }

    void start(Path database) {
      // The probe is for the capture thread only, and this one is not.
      signal.start(() -> false, database);
      Thread waiting = new Thread(this::run, "waltap-wake");
      waiting.setDaemon(true);
      // Known before it runs: the first thing that the signal does may be to close the capture.
      thread = waiting;
      waiting.start();
    }

    private void run() {
      while (!stopped) {
        signal.await(MAX_WAIT);
        whole.wake();
      }
    }

    @Override
    public void close() {
      stopped = true;
      try {
        signal.wake();
      } finally {
        Threads.join(thread);
      }
    }
  }
}
