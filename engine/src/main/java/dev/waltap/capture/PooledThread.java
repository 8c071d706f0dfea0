// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.deliver.ChangeQueue;
import dev.waltap.host.Threads;
import dev.waltap.session.CaptureSession;
import dev.waltap.wake.CountedSignal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Whichever thread of a fleet's the session has at a time: none while it waits for nothing but a
 * write to the log, of which its signal is notified.
 *
 * <p>To leave is the last that a thread does, since another one may go on at once; whoever takes
 * the signal's {@link CountedSignal#leave} back is the only one that makes it go on.
 */
final class PooledThread extends CaptureThread {
  private final Workers workers;
  private final CountedSignal signal;
  private final Recall recall;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean queued = new AtomicBoolean();
  private final Runnable visit = this::visit;
  private volatile @Nullable Thread thread;

  /** When it has to go on, whatever its signal says; a {@link System#nanoTime}. */
  private volatile long due;

  PooledThread(
      Supplier<CaptureSession> opening,
      ToLongFunction<CaptureSession> work,
      ChangeQueue queue,
      Workers workers,
      CountedSignal signal) {
    super(opening, work, queue);
    this.workers = workers;
    this.signal = signal;
    this.recall = new Recall(workers, NAME, this::run);
  }

  @Override
  void start() {
    try {
      workers.execute(NAME, this::run);
    } catch (Throwable e) {
      ended.countDown();
      throw e;
    }
  }

  private void run() {
    boolean again = true;
    while (again) {
      again = waits() && !signal.leave(recall);
    }
  }

  private boolean waits() {
    long rest = CaptureSession.ENDED;
    thread = Thread.currentThread();
    try {
      rest = work();
    } finally {
      thread = null;
      if (rest == CaptureSession.ENDED) {
        ended.countDown();
      } else {
        due = System.nanoTime() + rest;
      }
    }
    return rest != CaptureSession.ENDED;
  }

  @Override
  boolean look() {
    if (!signal.hasLeft()) {
      return false;
    }
    if (queued.compareAndSet(false, true)) {
      try {
        workers.executeInTurn(NAME, visit);
      } catch (OutOfMemoryError e) {
        queued.set(false); // Whoever looks next may have more luck.
      }
    }
    return true;
  }

  /**
   * A look whose turn has come. Only now is the signal's leave taken back: a write, or a close,
   * that comes while others have their turn recalls the session at once.
   */
  private void visit() {
    queued.set(false);
    if (signal.takeBack()) {
      run();
    }
  }

  @Override
  void tend(long now) {
    recall.retry();
    if (now - due >= 0) {
      look();
    }
  }

  @Override
  @Nullable Thread current() {
    return thread;
  }

  @Override
  boolean isAlive() {
    return ended.getCount() > 0;
  }

  @Override
  void join() {
    if (!isCurrent()) {
      Threads.await(ended);
    }
  }
}
