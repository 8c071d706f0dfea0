// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import dev.waltap.api.WakeSignal;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Another signal that counts how often a capture had nothing left to read: a capture waits only
 * when a look at the log found nothing and all before was handed over. Counted and woken from any
 * thread.
 */
public final class CountedSignal implements WakeSignal {
  private final WakeSignal signal;
  private volatile long waits;

  /** Counts the waits for this signal, which it closes. */
  public CountedSignal(WakeSignal signal) {
    this.signal = signal;
  }

  /** A look that began after this was read has ended once it has grown by two. */
  public long waits() {
    return waits;
  }

  /** What is waited for. */
  WakeSignal signal() {
    return signal;
  }

  @Override
  public void start(BooleanSupplier probe, Path database) {
    signal.start(probe, database);
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  public void await(long maxNanos) {
    waits++;
    signal.await(maxNanos);
  }

  @Override
  public void busy() {
    signal.busy();
  }

  @Override
  public void wake() {
    signal.wake();
  }

  @Override
  public void close() {
    signal.close();
  }
}
