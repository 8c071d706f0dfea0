// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import dev.waltap.api.WakeSignal;
import java.util.concurrent.TimeUnit;

/** Looks every millisecond, unless it is asked to pause: then the capture stands still. */
public final class PausingSignal implements WakeSignal {
  private boolean paused;
  private boolean waiting;
  private boolean woken;

  /** Returns when the capture stands still. */
  public synchronized void pause() throws InterruptedException {
    paused = true;
    while (!waiting) {
      wait();
    }
  }

  public synchronized void resume() {
    paused = false;
    notifyAll();
  }

  @Override
  @SuppressWarnings("WaitNotInLoop") // A look too early does no harm.
  public synchronized void await(long maxNanos) {
    try {
      waiting = paused;
      notifyAll();
      while (paused && !woken) {
        wait();
      }
      waiting = false;
      if (!woken) {
        wait(Math.max(1, Math.min(1, TimeUnit.NANOSECONDS.toMillis(maxNanos))));
      }
      woken = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void wake() {
    woken = true;
    notifyAll();
  }
}
