// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Change;
import dev.waltap.api.Position;
import dev.waltap.page.MemoryLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes on their way from the capture thread, which puts, to the handler's thread, which takes:
 * bounded in changes and in bytes, so that a slow handler slows capture and never grows the heap.
 * Any thread may stop it.
 */
public final class ChangeQueue {
  private static final long FULL_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int SPINS = 200;
  private static final long AT_ONCE_BYTES = 256 << 10;

  /** What comes within less, to be woken for it included, may come while spinning instead. */
  private static final long SOON_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  /**
   * What was taken at once.
   *
   * @param changes in order; empty if there is an end only
   * @param bytes of their images, as counted when they were put
   * @param end where the last transaction ends that they complete; null if they complete none
   */
  public record Batch(List<Change> changes, int transactions, long bytes, @Nullable Position end) {
    private static final Batch NOTHING = new Batch(List.of(), 0, 0, null);

    /** Whether nothing came in time. */
    public boolean isNothing() {
      return changes.isEmpty() && end == null;
    }
  }

  private final int maxChanges;
  private final MemoryLimit memory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private final ChangeBuffer waiting = new ChangeBuffer();
  private long waitingBytes;
  private long takenBytes;
  private long released;
  private long taken;
  private long delivered;
  private volatile int depth;
  private volatile long bytes;
  private volatile @Nullable Change oldest;
  private boolean finished;
  private volatile boolean stopped;
  private @Nullable Throwable failure;

  /** Recalls whoever takes, while that has left; else null. */
  private @Nullable Runnable recall;

  /** Whether what was waited for last came soon; of whoever takes. */
  private boolean soon;

  /**
   * An empty queue. One change is let in whatever its size, so that the largest passes, too.
   *
   * @param maxChanges that wait to be taken
   * @param maxBytes of their images, as counted by whoever puts them
   */
  public ChangeQueue(int maxChanges, long maxBytes) {
    this(maxChanges, MemoryLimit.of(maxBytes));
  }

  /**
   * The same, bounded by memory that may come and go: what exceeds its floor is for those that wait
   * and those that were taken together, and given back once they are delivered.
   *
   * @param memory ours from here on
   */
  public ChangeQueue(int maxChanges, MemoryLimit memory) {
    this.maxChanges = maxChanges;
    this.memory = memory;
  }

  int maxChanges() {
    return maxChanges;
  }

  /**
   * Bytes to hand over at once. Durable state is synced before, and a thread woken: where little
   * may wait at the moment, since others have the memory, it is not done for each few changes
   * therefore.
   */
  long bytesAtOnce() {
    return memory.isGrowing() ? Math.max(AT_ONCE_BYTES, memory.floor()) : memory.floor();
  }

  /**
   * Puts all of a buffer, waiting while the queue is full; the buffer is empty then.
   *
   * @param whileWaiting called every millisecond or so while the queue is full
   * @throws StoppedException once nobody takes any more
   */
  void put(ChangeBuffer added, Runnable whileWaiting) {
    while (!added.isEmpty()) {
      offer(added);
      if (!added.isEmpty()) {
        whileWaiting.run();
      }
    }
  }

  /** Puts those that fit, waiting a moment for at least one. */
  private void offer(ChangeBuffer added) {
    Runnable recalled = null;
    lock.lock();
    try {
      long size = added.firstBytes();
      waitAMoment(() -> !isFull(size));
      if (stopped) {
        throw new StoppedException();
      }
      boolean wasEmpty = waiting.isEmpty();
      while (!added.isEmpty() && !isFull(added.firstBytes())) {
        waitingBytes += added.firstBytes();
        added.moveFirst(waiting);
        released++;
      }
      if (wasEmpty && !waiting.isEmpty()) {
        notEmpty.signal();
        recalled = takeRecall();
      }
      publish();
    } finally {
      lock.unlock();
    }
    run(recalled);
  }

  private boolean isFull(long size) {
    return !waiting.isEmpty() && (waiting.size() >= maxChanges || !fits(waitingBytes, size));
  }

  /** Whether more bytes may be beside those; takes memory for them if there is some. */
  private boolean fits(long present, long size) {
    if (present + size <= memory.floor()) {
      return true;
    }
    long missing = waitingBytes + takenBytes + size - memory.granted();
    return missing <= 0 || (memory.isGrowing() && memory.grow(roundUp(missing)));
  }

  private static long roundUp(long bytes) {
    return (bytes + MemoryLimit.PIECE - 1) / MemoryLimit.PIECE * MemoryLimit.PIECE;
  }

  /** To wake whoever puts for each batch that is taken would cost more than the batch. */
  private boolean isHalfEmpty() {
    return waiting.size() <= maxChanges / 2 && waitingBytes <= memory.granted() / 2;
  }

  /** With the lock held: waits until the condition holds, the queue stops or a moment is over. */
  private void waitAMoment(BooleanSupplier condition) {
    try {
      long left = FULL_WAIT_NANOS;
      while (!stopped && left > 0 && !condition.getAsBoolean()) {
        left = notFull.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // The capture thread is ours: only a listener that it calls can have interrupted it.
      throw new CaptureException(
          CaptureException.Reason.FAILED, "the capture thread was interrupted by a listener", e);
    }
  }

  private void awaitThat(BooleanSupplier condition, Runnable whileWaiting) {
    while (true) {
      lock.lock();
      try {
        waitAMoment(condition);
        if (condition.getAsBoolean()) {
          return;
        }
        if (stopped) {
          throw new StoppedException();
        }
      } finally {
        lock.unlock();
      }
      whileWaiting.run();
    }
  }

  /**
   * Waits until a change of this size, which is not made yet, fits beside those that wait and those
   * taken and not delivered, or until there are none of either.
   *
   * @throws StoppedException once nobody takes any more
   */
  void awaitRoom(long size, Runnable whileWaiting) {
    awaitThat(() -> delivered == released || fits(waitingBytes + takenBytes, size), whileWaiting);
  }

  /**
   * Waits until all that was put is delivered.
   *
   * @throws StoppedException once nobody takes any more
   */
  public void awaitDelivered(Runnable whileWaiting) {
    awaitThat(() -> delivered == released, whileWaiting);
  }

  /** All that was taken is delivered. */
  public void delivered() {
    lock.lock();
    try {
      takenBytes = 0;
      delivered = taken;
      giveBack();
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** With the lock held. */
  private void giveBack() {
    long unused = Math.min(memory.reserved(), memory.granted() - waitingBytes);
    memory.shrink(unused / MemoryLimit.PIECE * MemoryLimit.PIECE);
  }

  /** Nothing more will come; what is there will be taken, then the failure is thrown, if any. */
  public void finish(@Nullable Throwable cause) {
    Runnable recalled;
    lock.lock();
    try {
      finished = true;
      if (failure == null) {
        failure = cause;
      }
      notEmpty.signalAll();
      recalled = takeRecall();
    } finally {
      lock.unlock();
    }
    run(recalled);
  }

  /** Nobody takes any more: both sides end. */
  public void stop() {
    stopped = true; // First: to wait for the lock may fail where memory is short.
    Runnable recalled;
    lock.lock();
    try {
      notEmpty.signalAll();
      notFull.signalAll();
      recalled = takeRecall();
    } finally {
      lock.unlock();
    }
    run(recalled);
  }

  /**
   * Whoever takes goes away until there is something to take, or the queue has ended, and does
   * nothing more with it: another thread may take at once.
   *
   * @param recalled called then, once, by whoever puts or ends; must not block, nor throw
   * @return false if that is so already
   */
  public boolean leave(Runnable recalled) {
    lock.lock();
    try {
      if (!waiting.isEmpty() || finished || stopped) {
        return false;
      }
      recall = recalled;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Recalls whoever has left, if anyone has, to look at what there is. */
  public void recall() {
    Runnable recalled;
    lock.lock();
    try {
      recalled = takeRecall();
    } finally {
      lock.unlock();
    }
    run(recalled);
  }

  /** With the lock held. */
  private @Nullable Runnable takeRecall() {
    Runnable present = recall;
    recall = null;
    return present;
  }

  /** Without the lock: whoever is recalled wants it at once. */
  private static void run(@Nullable Runnable recalled) {
    if (recalled != null) {
      recalled.run();
    }
  }

  /** Whether {@link #stop} was called; for any thread. */
  public boolean isStopped() {
    return stopped;
  }

  /** Why the capture thread ended, null if nothing went wrong; known once take returned null. */
  public @Nullable Throwable failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes what is there, waiting for it so many nanoseconds; nothing if none came.
   *
   * @return null when stopped, or when finished and all was taken
   */
  public @Nullable Batch take(int maxInBatch, long maxBytesInBatch, long nanos)
      throws InterruptedException {
    for (int i = 0; soon && i < SPINS && depth == 0 && !stopped; i++) {
      Thread.onSpinWait();
    }
    lock.lockInterruptibly();
    try {
      if (!awaitSome(nanos)) {
        return Batch.NOTHING;
      }
      if (stopped || waiting.isEmpty()) {
        return null;
      }
      Batch batch = drain(maxInBatch, maxBytesInBatch);
      if (isHalfEmpty()) {
        notFull.signalAll();
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** With the lock held; false if nothing came in time. */
  private boolean awaitSome(long nanos) throws InterruptedException {
    long left = nanos;
    while (waiting.isEmpty() && !finished && !stopped) {
      if (left <= 0) {
        soon = false;
        return false;
      }
      left = notEmpty.awaitNanos(left);
      soon = nanos - left < SOON_NANOS;
    }
    return true;
  }

  private Batch drain(int maxInBatch, long maxBytesInBatch) {
    List<Change> changes = new ArrayList<>(Math.min(maxInBatch, waiting.size()));
    Change last = null;
    Position end = null;
    int transactions = 0;
    long size = 0;
    while (!waiting.isEmpty()) {
      Change change = waiting.firstChange();
      long bytesOfFirst = waiting.firstBytes();
      boolean fits =
          changes.isEmpty()
              || (changes.size() < maxInBatch && size + bytesOfFirst <= maxBytesInBatch);
      if (change != null && !fits) {
        break;
      }
      if (change != null) {
        changes.add(change);
      }
      if (waiting.firstEndsTransaction()) {
        last = change;
        end = waiting.firstEnd();
        transactions += change == null ? 0 : 1;
      }
      waiting.removeFirst();
      taken++;
      size += bytesOfFirst;
    }
    waitingBytes -= size;
    takenBytes += size;
    publish();
    return new Batch(changes, transactions, size, last != null ? last.position() : end);
  }

  private void publish() {
    bytes = waitingBytes;
    oldest = waiting.firstChange();
    // Last: whoever takes may look out for it, and would find the lock taken and park.
    depth = waiting.size();
  }

  /** Changes, and ends without changes, that wait; for any thread. */
  public int depth() {
    return depth;
  }

  /** The change that has waited longest, null if there is none; for any thread. */
  public @Nullable Change oldest() {
    return oldest;
  }

  /** Bytes of the images of the changes that wait; for any thread. */
  public long bytes() {
    return bytes;
  }
}
