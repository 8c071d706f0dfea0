// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.deliver.ChangeQueue;
import dev.waltap.deliver.StoppedException;
import dev.waltap.session.CaptureSession;
import dev.waltap.session.ParkedCapture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one session: opens it, lets it work, and closes it when the handler's side has
 * ended as well, so that what was delivered last is saved, too. How it ended is said by the queue.
 *
 * <p>It is either a thread of its own, or one of a fleet's {@link Workers} at a time, given back
 * while the session does nothing but wait: {@link PooledThread}. Started once, by one thread; all
 * else from any.
 */
abstract class CaptureThread {
  static final String NAME = "waltap-capture";

  private final Supplier<CaptureSession> opening;
  private final ToLongFunction<CaptureSession> work;
  private final ChangeQueue queue;
  private final CountDownLatch delivered = new CountDownLatch(1);

  /** Of whichever thread works; null before it was opened. */
  private @Nullable CaptureSession session;

  private volatile @Nullable ParkedCapture parked;

  /**
   * Of one session.
   *
   * @param work returns nanoseconds after which it is to be called again, or {@link
   *     CaptureSession#ENDED}
   */
  CaptureThread(
      Supplier<CaptureSession> opening, ToLongFunction<CaptureSession> work, ChangeQueue queue) {
    this.opening = opening;
    this.work = work;
    this.queue = queue;
  }

  /**
   * Works until there is nothing to do but to wait, or to the end, after which nothing of the
   * session is left.
   *
   * @return nanoseconds after which it has to go on; {@link CaptureSession#ENDED} for the end
   */
  final long work() {
    try {
      CaptureSession open = session;
      if (open == null) {
        open = opening.get();
        session = open;
      }
      long rest = rest(open);
      if (rest == CaptureSession.ENDED) {
        session = null;
      }
      return rest;
    } catch (Throwable e) {
      queue.finish(e);
      return CaptureSession.ENDED;
    }
  }

  private long rest(CaptureSession open) {
    Throwable failure = null;
    try {
      long rest = work.applyAsLong(open);
      if (rest != CaptureSession.ENDED) {
        return rest;
      }
    } catch (StoppedException e) {
      failure = null;
    } catch (Throwable e) {
      failure = e;
    }
    try (CaptureSession closing = open) {
      queue.finish(failure);
      closing.releaseRead();
      awaitDelivered();
    }
    parked = open.parked();
    return CaptureSession.ENDED;
  }

  /** What the handler takes of the rest is saved, too. */
  private void awaitDelivered() {
    boolean waiting = true;
    while (waiting) {
      try {
        delivered.await();
        waiting = false;
      } catch (InterruptedException e) {
        // By a listener: what is left to do is to save and to close, with the flag cleared.
        waiting = true;
      }
    }
  }

  /** Nothing more is acknowledged: the session may be closed. */
  final void delivered() {
    delivered.countDown();
  }

  /** Begins, once. */
  abstract void start();

  /** The thread that works at this moment; null if none does. */
  abstract @Nullable Thread current();

  /** Whether it works, or can still end in order. */
  abstract boolean isAlive();

  /** What its session left, once this has ended; null if nothing. */
  final @Nullable ParkedCapture parked() {
    return parked;
  }

  /** Waits until it has ended; an interrupt of the caller is kept for later. */
  abstract void join();

  final boolean isCurrent() {
    return Thread.currentThread() == current();
  }

  /** Whether it is inside of {@link System#exit}, from which it does not come back. */
  final boolean isExiting() {
    Thread thread = current();
    return thread != null && Exits.isIn(thread);
  }

  /** Looks at the log soon if it waits without a thread; false if it does not. */
  boolean look() {
    return false;
  }

  /** Does what is due while it waits without a thread. Called every now and then. */
  void tend(long now) {}
}
