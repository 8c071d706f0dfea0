// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import org.jspecify.annotations.Nullable;

/** Waits for threads to end. */
public final class Threads {
  private Threads() {}

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
