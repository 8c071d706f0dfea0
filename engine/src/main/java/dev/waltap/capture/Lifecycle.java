// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where a capture is in its life; the same from every thread.
 *
 * <pre>
 *              beginRun   beginInstall   end(before)   close
 *  IDLE        RUNNING    INSTALLING     -             CLOSED
 *  INSTALLING  refused    refused        before        STOPPING
 *  RUNNING     refused    refused        ENDED, IDLE   STOPPING
 *  STOPPING    no run     refused        CLOSED        stays
 *  ENDED       refused    INSTALLING     -             CLOSED
 *  CLOSED      no run     refused        -             stays
 * </pre>
 *
 * <p>"Refused" is an {@link IllegalStateException}; "no run": a capture that is closed before it
 * runs does not run, without a failure, since the one who closes it may be faster. A run that finds
 * at once that it can do nothing has not been one: IDLE. Any thread.
 */
final class Lifecycle {

  /** The stages of a capture's life. */
  enum Stage {
    /** Built, or set up: nothing runs. */
    IDLE,
    /** Makes or removes its state. */
    INSTALLING,
    /** Captures. */
    RUNNING,
    /** Was closed: what ran ends. */
    STOPPING,
    /** Has captured: an instance does so once. */
    ENDED,
    /** Was closed, and nothing runs. */
    CLOSED;

    private boolean mayBecome(Stage next) {
      return switch (this) {
        case IDLE -> next == INSTALLING || next == RUNNING || next == CLOSED;
        case INSTALLING -> next == IDLE || next == ENDED || next == STOPPING;
        case RUNNING -> next == IDLE || next == ENDED || next == STOPPING;
        case STOPPING -> next == CLOSED;
        case ENDED -> next == INSTALLING || next == CLOSED;
        case CLOSED -> false;
      };
    }
  }

  private Stage stage = Stage.IDLE;

  /** Makes what runs end; null if nothing runs. */
  private @Nullable Runnable stop;

  /** The one method that changes the stage. */
  private void move(Stage next) {
    if (!stage.mayBecome(next)) {
      throw new IllegalStateException("a capture can't go from " + stage + " to " + next);
    }
    stage = next;
    notifyAll();
  }

  /** The stage right now. */
  synchronized Stage stage() {
    return stage;
  }

  /**
   * A run begins, unless the capture was closed.
   *
   * @param stopping makes the run end; called by {@link #close}, on its thread, perhaps repeatedly
   * @return whether it begins
   * @throws IllegalStateException if it ran or runs already
   */
  synchronized boolean beginRun(Runnable stopping) {
    switch (stage) {
      case STOPPING, CLOSED -> {
        return false;
      }
      case IDLE -> {
        move(Stage.RUNNING);
        stop = stopping;
        return true;
      }
      case INSTALLING -> throw new IllegalStateException("a setup or teardown is under way");
      default -> throw new IllegalStateException("a capture runs once; build another one");
    }
  }

  /**
   * State is about to be made or removed.
   *
   * @return the stage that {@link #end} goes back to
   * @throws IllegalStateException if the capture runs or was closed
   */
  synchronized Stage beginInstall(Runnable stopping) {
    Stage before = stage;
    switch (before) {
      case IDLE, ENDED -> {
        move(Stage.INSTALLING);
        stop = stopping;
        return before;
      }
      case STOPPING, CLOSED ->
          throw new IllegalStateException("this capture was closed; build another one");
      default -> throw new IllegalStateException("this capture is running already");
    }
  }

  /** What began has ended, and nothing of it runs any more. */
  synchronized void end(Stage next) {
    stop = null;
    move(stage == Stage.STOPPING ? Stage.CLOSED : next);
  }

  /** Closes: what runs is asked to end. Again: asks again. */
  void close() {
    Runnable stopping;
    synchronized (this) {
      if (stage == Stage.IDLE || stage == Stage.ENDED) {
        move(Stage.CLOSED);
      } else if (stage == Stage.INSTALLING || stage == Stage.RUNNING) {
        move(Stage.STOPPING);
      }
      stopping = stop;
    }
    if (stopping != null) {
      stopping.run();
    }
  }

  /** Waits for the end of what runs, so long at most; says whether it has come. */
  synchronized boolean awaitClosed(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (stage != Stage.CLOSED) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
