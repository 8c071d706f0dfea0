// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Position;
import dev.waltap.handler.DeliveryStoppedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes changes from the capture's thread, gives them to the worker's, and lets the capture count
 * them as delivered when the worker has committed them. For any thread.
 *
 * <p>What is not committed is never acknowledged: {@link #flush} waits until all whole transactions
 * are. The beginning of a transaction whose end has not come is not waited for, since it may have
 * to be committed together with that.
 */
final class Handover implements ChangesHandler {
  private final Object lock;
  private final int capacity;
  private final Consumer<@Nullable Position> delivered;
  private final ArrayDeque<Change> waiting = new ArrayDeque<>();

  /** How many of those that wait come before the end of the last whole transaction, with it. */
  private int whole;

  /** Counts changes: all that came, up to the end of the last whole transaction, committed. */
  private long handed;

  private long wholeHanded;
  private long committed;
  private @Nullable Position recorded;
  private boolean reported;
  private @Nullable Position lastReported;
  private boolean stopped;

  /**
   * An empty one.
   *
   * @param lock guards it, and is notified of what comes
   * @param capacity how many changes may wait; a batch may be larger
   * @param delivered takes the position up to which everything is committed; first null if nothing
   *     is; on the capture's thread
   */
  Handover(Object lock, int capacity, Consumer<@Nullable Position> delivered) {
    this.lock = lock;
    this.capacity = capacity;
    this.delivered = delivered;
  }

  @Override
  public void handleChanges(List<Change> changes) throws Exception {
    synchronized (lock) {
      while (!stopped && !waiting.isEmpty() && waiting.size() + changes.size() > capacity) {
        lock.wait();
      }
      requireGoingOn();
      for (Change change : changes) {
        waiting.add(change);
        handed++;
        if (change.transaction().last()) {
          whole = waiting.size();
          wholeHanded = handed;
        }
      }
      lock.notifyAll();
    }
  }

  @Override
  public void flush() throws Exception {
    Position end;
    synchronized (lock) {
      while (!stopped && committed < wholeHanded) {
        lock.wait();
      }
      if (committed < wholeHanded) {
        requireGoingOn();
      }
      end = recorded;
    }
    if (!reported || (end != null && !end.equals(lastReported))) {
      delivered.accept(end);
      reported = true;
      lastReported = end;
    }
  }

  private void requireGoingOn() throws DeliveryStoppedException {
    if (stopped) {
      throw new DeliveryStoppedException(
          "the task was stopped: what Connect has not committed stays undelivered", null);
    }
  }

  /**
   * What waits: up to the end of the last whole transaction if there is one, else the part of one
   * that has come; nothing if nothing waits.
   */
  List<Change> take() {
    synchronized (lock) {
      int count = whole > 0 ? whole : waiting.size();
      List<Change> taken = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        taken.add(waiting.remove());
      }
      whole = 0;
      lock.notifyAll();
      return taken;
    }
  }

  boolean isEmpty() {
    synchronized (lock) {
      return waiting.isEmpty();
    }
  }

  /**
   * So many changes, counted from the first one, are committed.
   *
   * @param position up to which Kafka has the stream; null for nothing
   */
  void committed(long changes, @Nullable Position position) {
    synchronized (lock) {
      committed = Math.max(committed, changes);
      recorded = position;
      lock.notifyAll();
    }
  }

  /**
   * Nothing is reported until something is committed: what was reported before says that something
   * is missing, which must not be forgotten before it is sent again. Before the first change.
   */
  void startsOver() {
    reported = true;
  }

  /** Nothing more is taken, and what is not committed stays undelivered. */
  void stop() {
    synchronized (lock) {
      stopped = true;
      lock.notifyAll();
    }
  }
}
