// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import dev.waltap.api.WakeSignal;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all signals of this package share: the capture thread parks for as long as the signal says,
 * and is unparked by {@link #wake}; or it goes away meanwhile, and is recalled. One that is part of
 * another wakes that other.
 */
abstract class ParkingSignal implements WakeSignal {
  private volatile boolean woken;
  private volatile boolean lookAsked;
  private volatile @Nullable Thread waiter;
  private volatile @Nullable ParkingSignal whole;

  /** Recalls a waiter that has gone away; holds null while none has. */
  private final AtomicReference<@Nullable Runnable> left = new AtomicReference<>();

  @Override
  public void start(BooleanSupplier probe, Path database) {}

  /**
   * How long there is nothing to look for, 0 to look now. For the capture thread, called again and
   * again while it waits.
   *
   * @param now from {@link System#nanoTime}
   */
  abstract long pause(long now);

  /** Called on the capture thread when it was woken by {@link #wake}. */
  void woken(long now) {}

  @Override
  public final void await(long maxNanos) {
    waiter = Thread.currentThread();
    long now = System.nanoTime();
    long end = now + maxNanos;
    while (true) {
      if (takeWoken(now)) {
        return;
      }
      if (lookAsked) {
        lookAsked = false;
        return;
      }
      long pause = pause(now);
      long left = end - now;
      if (pause <= 0 || left <= 0) {
        return;
      }
      LockSupport.parkNanos(this, Math.min(pause, left));
      now = System.nanoTime();
    }
  }

  /** Whether {@link #wake} was called since the last time. */
  boolean takeWoken(long now) {
    if (!woken) {
      return false;
    }
    woken = false;
    woken(now);
    return true;
  }

  @Override
  public final void wake() {
    woken = true;
    ParkingSignal target = whole;
    if (target != null) {
      target.wake();
    }
    LockSupport.unpark(waiter);
    if (left.get() != null) {
      run(left.getAndSet(null));
    }
  }

  /** Ends a wait on a thread without any news, which a signal that was woken expects. */
  final void look() {
    lookAsked = true;
    LockSupport.unpark(waiter);
  }

  private static void run(@Nullable Runnable recall) {
    if (recall != null) {
      recall.run();
    }
  }

  /** Whether {@link #wake} was called, and nobody has seen that yet. */
  final boolean isWoken() {
    return woken;
  }

  /**
   * The waiter goes away instead of parking.
   *
   * @param recall run by the next {@link #wake}
   * @return false if that has come already
   */
  final boolean leave(Runnable recall) {
    waiter = null;
    left.set(recall);
    return !woken || !left.compareAndSet(recall, null);
  }

  /** Whether the waiter has gone away, and nobody has come in its place. */
  final boolean hasLeft() {
    return left.get() != null;
  }

  /** Comes in the place of a waiter that has gone away; false if there is none. */
  final boolean takeBack() {
    return hasLeft() && left.getAndSet(null) != null;
  }

  /** From now on the other one's thread waits, for this one too. */
  void partOf(ParkingSignal other) {
    whole = other;
  }
}
