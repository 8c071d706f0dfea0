// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.api.CaptureMode;
import dev.waltap.api.WakeSignal;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.session.CaptureSession;
import dev.waltap.wake.CountedSignal;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Makes the thread of a session: one of its own, or one that is borrowed while it is needed. */
final class CaptureThreads {
  private CaptureThreads() {}

  /**
   * A thread that is not started yet.
   *
   * @param workers lend it, if the signal can recall it; null for one of its own
   */
  static CaptureThread of(
      CaptureMode mode,
      Supplier<CaptureSession> opening,
      ChangeQueue queue,
      @Nullable Workers workers,
      WakeSignal wake) {
    if (workers == null || !(wake instanceof CountedSignal signal)) {
      return new OwnThread(opening, work(mode, null), queue);
    }
    BooleanSupplier quiet = () -> isQuiet(signal, workers);
    return new PooledThread(opening, work(mode, quiet), queue, workers, signal);
  }

  /**
   * What a session does.
   *
   * @param quiet whether it may leave its thread; null for never
   */
  private static ToLongFunction<CaptureSession> work(
      CaptureMode mode, @Nullable BooleanSupplier quiet) {
    return switch (mode) {
      case CDC -> session -> session.capture(false, quiet);
      case BOOTSTRAP -> CaptureSession::bootstrap;
      case BOOTSTRAP_AND_CDC -> session -> session.capture(true, quiet);
    };
  }

  private static boolean isQuiet(CountedSignal signal, Workers workers) {
    boolean quiet = signal.isQuiet(System.nanoTime());
    if (!quiet) {
      workers.endTurn(); // It keeps its thread for some time: others look meanwhile.
    }
    return quiet;
  }
}
