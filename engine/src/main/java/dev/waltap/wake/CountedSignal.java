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

  /** How often nothing was left to read. */
  public long waits() {
    return waits;
  }

  /**
   * What {@link #waits} must have grown to for a look to have ended that began after this was
   * called: one more where the capture has left, else two, since it may be looking. For any thread.
   */
  public long waitsAfterLook() {
    // In this order: who has left has counted all looks that began before.
    boolean looking = !hasLeft();
    return waits + (looking ? 2 : 1);
  }

  /**
   * Whether nothing but a write to the log is waited for any more, of which this is notified, or
   * the given time: then {@link #leave} will do instead of {@link #await}. For the capture thread.
   *
   * @param now from {@link System#nanoTime}
   */
  public boolean isQuiet(long now) {
    return signal instanceof PollingSignal polling && polling.isQuiet(now);
  }

  /**
   * Waits without a thread, where {@link #isQuiet} said that it may: the caller does nothing more
   * with the capture, and whoever is recalled goes on as if {@link #await} had returned.
   *
   * @param recall called once it is time to look, from any thread, unless {@link #takeBack} came
   *     first; must not block, nor throw
   * @return false if it is time already
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time: the capture thread
  public boolean leave(Runnable recall) {
    waits++;
    return signal instanceof PollingSignal polling && polling.leave(recall);
  }

  /** Whether it is waited without a thread at this moment; for any thread. */
  public boolean hasLeft() {
    return signal instanceof PollingSignal polling && polling.hasLeft();
  }

  /** Ends a wait without a thread, if there is one: the caller goes on then. For any thread. */
  public boolean takeBack() {
    return signal instanceof PollingSignal polling && polling.takeBack();
  }

  /**
   * Ends a wait on a thread, without the news that {@link #wake} stands for: a signal that was
   * quiet stays so. For any thread.
   */
  public void look() {
    if (signal instanceof ParkingSignal parking) {
      parking.look();
    } else {
      signal.wake();
    }
  }

  /** Whether {@link #wake} never blocks: a user's own may. */
  public boolean wakesAtOnce() {
    return signal instanceof ParkingSignal;
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
