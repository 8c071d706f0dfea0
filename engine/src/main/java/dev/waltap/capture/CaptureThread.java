// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.deliver.ChangeQueue;
import dev.waltap.deliver.StoppedException;
import dev.waltap.host.Threads;
import dev.waltap.session.CaptureSession;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one session: opens it, lets it work, and closes it when the handler's side has
 * ended as well, so that what was delivered last is saved, too. How it ended is said by the queue.
 *
 * <p>It belongs to the root thread group: an interrupt of the group that an application runs in is
 * not meant for it. Started once, by one thread; all else from any.
 */
final class CaptureThread {
  private final Supplier<CaptureSession> opening;
  private final Consumer<CaptureSession> work;
  private final ChangeQueue queue;
  private final CountDownLatch delivered = new CountDownLatch(1);
  private final Thread thread;

  CaptureThread(
      Supplier<CaptureSession> opening, Consumer<CaptureSession> work, ChangeQueue queue) {
    this.opening = opening;
    this.work = work;
    this.queue = queue;
    this.thread = new Thread(rootGroup(), this::run, "waltap-capture");
    thread.setDaemon(true);
  }

  private static ThreadGroup rootGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }

  void start() {
    thread.start();
  }

  private void run() {
    try (CaptureSession session = opening.get()) {
      Throwable failure = null;
      try {
        work.accept(session);
      } catch (StoppedException e) {
        failure = null;
      } catch (Throwable e) {
        failure = e;
      }
      queue.finish(failure);
      session.releaseRead();
      awaitDelivered();
    } catch (Throwable e) {
      queue.finish(e);
    }
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
  void delivered() {
    delivered.countDown();
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** Whether it works, or can still end in order. */
  boolean isAlive() {
    return thread.isAlive();
  }

  /** Whether it is inside of {@link System#exit}, from which it does not come back. */
  boolean isExiting() {
    return Exits.isIn(thread);
  }

  /** Waits until it has ended; an interrupt of the caller is kept for later. */
  void join() {
    Threads.join(thread);
  }

  /**
   * Waits until it has ended.
   *
   * @return the interrupt that ended the waiting before that, null if none did
   */
  @Nullable InterruptedException joinUnlessInterrupted() {
    try {
      thread.join();
      return null;
    } catch (InterruptedException e) {
      return e;
    }
  }
}
