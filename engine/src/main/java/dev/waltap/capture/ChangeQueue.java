package dev.waltap.capture;

import dev.waltap.api.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Changes on their way from the capture thread, which puts, to the handler's thread, which takes:
 * bounded in changes and in bytes, so that a slow handler slows capture and never grows the heap.
 * Any thread may stop it.
 */
final class ChangeQueue {
  private static final long FULL_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int SPINS = 200;

  /** What was taken at once: changes, and the end of the last transaction that they complete. */
  record Batch(List<Change> changes, long bytes, @Nullable TransactionEnd end) {}

  private record Entry(@Nullable Change change, long bytes, @Nullable TransactionEnd end) {}

  private final int mostChanges;
  private final long mostBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long waitingBytes;
  private volatile int depth;
  private volatile long bytes;
  private volatile @Nullable Change oldest;
  private boolean finished;
  private volatile boolean stopped;
  private @Nullable Throwable failure;

  ChangeQueue(int mostChanges, long mostBytes) {
    this.mostChanges = mostChanges;
    this.mostBytes = mostBytes;
  }

  /**
   * Adds a change, waiting while the queue is full.
   *
   * @param size bytes to count for it
   * @param end the end of its transaction if it is the last change of it
   * @param whileWaiting called every millisecond or so while the queue is full
   * @throws StoppedException once nobody takes any more
   */
  void put(Change change, long size, @Nullable TransactionEnd end, Runnable whileWaiting) {
    Entry entry = new Entry(change, size, end);
    while (!offer(entry)) {
      whileWaiting.run();
    }
  }

  private boolean offer(Entry entry) {
    lock.lock();
    try {
      long left = FULL_WAIT_NANOS;
      while (isFull(entry.bytes()) && left > 0) {
        left = notFull.awaitNanos(left);
      }
      if (isFull(entry.bytes())) {
        return false;
      }
      add(entry);
      return true;
    } catch (InterruptedException e) {
      // The capture thread is ours, so nobody interrupts it but to end it.
      stopped = true;
      throw new StoppedException();
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull(long size) {
    return !stopped
        && !entries.isEmpty()
        && (entries.size() >= mostChanges || waitingBytes + size > mostBytes);
  }

  /** Says that a transaction ended that has no changes to deliver. */
  void putEnd(TransactionEnd end) {
    lock.lock();
    try {
      Entry last = entries.peekLast();
      if (last != null && last.change() == null) {
        entries.removeLast();
      }
      add(new Entry(null, 0, end));
    } finally {
      lock.unlock();
    }
  }

  private void add(Entry entry) {
    if (stopped) {
      throw new StoppedException();
    }
    entries.addLast(entry);
    waitingBytes += entry.bytes();
    publish();
    if (entries.size() == 1) {
      notEmpty.signal();
    }
  }

  /** Nothing more will come; what is there will be taken, then the failure is thrown, if any. */
  void finish(@Nullable Throwable cause) {
    lock.lock();
    try {
      finished = true;
      failure = cause;
      notEmpty.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody takes any more: both sides end. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      notEmpty.signalAll();
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isStopped() {
    return stopped;
  }

  /** Why the capture thread ended, null if nothing went wrong; known once take returned null. */
  @Nullable Throwable failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes what is there, at least one entry, waiting for it.
   *
   * @return null when stopped, or when finished and all was taken
   */
  @Nullable Batch take(int mostInBatch, long mostBytesInBatch) throws InterruptedException {
    for (int i = 0; i < SPINS && depth == 0 && !stopped; i++) {
      Thread.onSpinWait();
    }
    lock.lockInterruptibly();
    try {
      while (entries.isEmpty() && !finished && !stopped) {
        notEmpty.await();
      }
      if (stopped || entries.isEmpty()) {
        return null;
      }
      Batch batch = drain(mostInBatch, mostBytesInBatch);
      notFull.signal();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private Batch drain(int mostInBatch, long mostBytesInBatch) {
    List<Change> changes = new ArrayList<>(Math.min(mostInBatch, entries.size()));
    TransactionEnd end = null;
    long size = 0;
    Entry entry;
    while ((entry = entries.peekFirst()) != null) {
      Change change = entry.change();
      boolean fits =
          changes.isEmpty()
              || (changes.size() < mostInBatch && size + entry.bytes() <= mostBytesInBatch);
      if (change != null && !fits) {
        break;
      }
      entries.removeFirst();
      size += entry.bytes();
      if (change != null) {
        changes.add(change);
      }
      if (entry.end() != null) {
        end = entry.end();
      }
    }
    waitingBytes -= size;
    publish();
    return new Batch(changes, size, end);
  }

  private void publish() {
    depth = entries.size();
    bytes = waitingBytes;
    Entry first = entries.peekFirst();
    oldest = first == null ? null : first.change();
  }

  /** Changes waiting. */
  int depth() {
    return depth;
  }

  /** The change that has waited longest, null if there is none. */
  @Nullable Change oldest() {
    return oldest;
  }

  /** Their bytes. */
  long bytes() {
    return bytes;
  }
}
