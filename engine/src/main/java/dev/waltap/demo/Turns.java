// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import java.util.concurrent.TimeUnit;

/**
 * The application and the show take turns: a transaction is run when the events of the one before
 * it were shown. So each event is shown with the SQL that it came from however slow the output is,
 * and its latency is that of the capture alone. Any thread may call it.
 */
final class Turns {

  /**
   * The transaction whose events are awaited.
   *
   * @param committing when the statement that commits it was begun, by {@link System#nanoTime}
   */
  record Turn(ShopTransaction transaction, long committing) {}

  private Turn turn = new Turn(ShopTransaction.SNAPSHOT, System.nanoTime());
  private boolean shown;
  private boolean closed;

  /** The application is about to run the statement that commits, or rolls back. */
  synchronized void committing(ShopTransaction transaction) {
    shown = false;
    turn = new Turn(transaction, System.nanoTime());
  }

  /** What was run last. */
  synchronized Turn last() {
    return turn;
  }

  /** The last event of what was run last has been shown. */
  synchronized void shown() {
    shown = true;
    notifyAll();
  }

  /** Waits until it has been shown, or the turns are over. */
  synchronized void awaitShown() throws InterruptedException {
    while (!shown && !closed) {
      wait();
    }
  }

  /** Waits so long, or until the turns are over; returns whether anything was shown since. */
  synchronized boolean pause(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long left = end - System.nanoTime();
    while (left > 0 && !closed) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
    return shown;
  }

  /** Ends every wait, now and from now on. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  synchronized boolean isClosed() {
    return closed;
  }
}
