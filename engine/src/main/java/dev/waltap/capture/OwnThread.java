// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.deliver.ChangeQueue;
import dev.waltap.host.Threads;
import dev.waltap.session.CaptureSession;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** A thread of its own. */
final class OwnThread extends CaptureThread {
  private final Thread thread;

  OwnThread(
      Supplier<CaptureSession> opening, ToLongFunction<CaptureSession> work, ChangeQueue queue) {
    super(opening, work, queue);
    this.thread = Threads.daemon(NAME, this::work);
  }

  @Override
  void start() {
    thread.start();
  }

  @Override
  Thread current() {
    return thread;
  }

  @Override
  boolean isAlive() {
    return thread.isAlive();
  }

  @Override
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
