// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Makes threads, and waits for them to end. */
public final class Threads {
  private Threads() {}

  /**
   * A daemon thread that is not started yet. It belongs to the root thread group: an interrupt of
   * the group that an application runs in is not meant for it. Nor has it what the caller keeps in
   * an {@link InheritableThreadLocal}.
   */
  public static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(rootGroup(), task, name, 0, false);
    thread.setDaemon(true);
    return thread;
  }

  private static ThreadGroup rootGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }

  /** Returns when a latch is open; an interrupt is kept for later. */
  public static void await(CountDownLatch latch) {
    boolean interrupted = false;
    boolean waiting = true;
    while (waiting) {
      try {
        latch.await();
        waiting = false;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Returns when a thread has ended; an interrupt is kept for later. At once if there is none, or
   * if it is the caller's own.
   */
  public static void join(@Nullable Thread thread) {
    boolean interrupted = false;
    while (thread != null && thread != Thread.currentThread() && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
