// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureHandle;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.host.Threads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The thread of a capture that was started, and what others may know of it. Any thread. */
final class StartedCapture implements CaptureHandle {
  private final CaptureEngine engine;
  private final CompletableFuture<Void> ready;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final Thread thread;

  /**
   * A capture that does not run yet.
   *
   * @param ready completes when the capture is ready
   * @param run runs it, as the blocking methods do
   */
  StartedCapture(CaptureEngine engine, CompletableFuture<Void> ready, Runnable run) {
    this.engine = engine;
    this.ready = ready;
    this.thread = new Thread(() -> run(run), "waltap-handler");
  }

  /** Begins to run it, once. */
  void begin() {
    thread.start();
  }

  private void run(Runnable capture) {
    try {
      capture.run();
      end.complete(null);
    } catch (Throwable e) {
      end.completeExceptionally(e);
    }
  }

  /** Waits until its thread has ended, unless that is the caller's. */
  void join() {
    Threads.join(thread);
  }

  @Override
  public State state() {
    if (end.isDone()) {
      return end.isCompletedExceptionally() ? State.FAILED : State.ENDED;
    }
    return ready.isDone() ? State.READY : State.STARTING;
  }

  @Override
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    try {
      CompletableFuture.anyOf(ready, end).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return ready.isDone();
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CaptureException failure
          ? failure
          : new IllegalStateException(e.getCause());
    }
  }

  @Override
  public CompletableFuture<Void> end() {
    return end.copy();
  }

  @Override
  public CaptureMetrics metrics() {
    return engine.metrics();
  }

  @Override
  public void close() {
    engine.close();
  }
}
