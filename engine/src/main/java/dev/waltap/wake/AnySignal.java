package dev.waltap.wake;

import dev.waltap.api.WakeSignal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

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

  @Override
  long pause(long now) {
    long least = Long.MAX_VALUE;
    for (ParkingSignal part : parts) {
      least = Math.min(least, part.takeWoken(now) ? 0 : part.pause(now));
    }
    return least;
  }

  @Override
  void woken(long now) {
    parts.forEach(part -> part.takeWoken(now));
  }

  @Override
  void partOf(ParkingSignal other) {
    super.partOf(other);
  }

  @Override
  public void close() {
    blockers.forEach(Blocker::stop);
    all.forEach(WakeSignal::close);
  }

  /** Waits for one signal on a thread of its own, and hands on what it says. */
  private static final class Blocker {
    private static final long LONGEST_WAIT = 200_000_000;

    private final WakeSignal signal;
    private final ParkingSignal whole;
    private volatile boolean stopped;

    Blocker(WakeSignal signal, ParkingSignal whole) {
      this.signal = signal;
      this.whole = whole;
    }

    void start(Path database) {
      // The probe is for the capture thread only, and this one is not.
      signal.start(() -> false, database);
      Thread thread = new Thread(this::run, "waltap-wake");
      thread.setDaemon(true);
      thread.start();
    }

    private void run() {
      while (!stopped) {
        signal.await(LONGEST_WAIT);
        whole.wake();
      }
    }

    void stop() {
      stopped = true;
      signal.wake();
    }
  }
}
