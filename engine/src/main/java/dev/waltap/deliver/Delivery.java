// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Position;
import dev.waltap.host.Reasons;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes batches from the queue, hands them to the handler, and counts them as delivered. On the
 * thread of whoever runs the capture, one at a time; {@link #position} from any.
 *
 * <p>Batches that follow each other closely are flushed together, {@link ChangesHandler#flush}: a
 * disk that syncs for every batch holds up the application, whose log is on it, too.
 */
public final class Delivery {
  private static final long MAX_BATCH_BYTES = 8L << 20;

  /** What waits for its flush takes room in the queue, so much at most. */
  private static final long MAX_UNFLUSHED_BYTES = 4L << 20;

  /** So often it is looked whether the queue can still end. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** What the queue gave. */
  private enum Taken {
    BATCH,
    /** None came in time. */
    NOTHING,
    /** None will come. */
    END
  }

  private final ChangesHandler handler;
  private final int batchSize;

  /** The first batch after a pause is flushed at once, those behind it after this time. */
  private final long flushNanos;

  private final ChangeQueue queue;
  private final DeliveryCounters counters;
  private final Consumer<Position> acknowledge;
  private @Nullable Position reached;
  private boolean unflushed;
  private long unflushedBytes;
  private long lastFlush;
  private volatile @Nullable Position position;

  /**
   * A delivery of what is in the queue.
   *
   * @param batchSize most changes to hand over at once
   * @param flushInterval how long what was handed over may wait to be flushed
   * @param acknowledge called with the end of the last transaction delivered
   */
  public Delivery(
      ChangesHandler handler,
      int batchSize,
      Duration flushInterval,
      ChangeQueue queue,
      DeliveryCounters counters,
      Consumer<Position> acknowledge) {
    this.handler = handler;
    this.batchSize = batchSize;
    this.flushNanos = flushInterval.toNanos();
    this.lastFlush = System.nanoTime() - flushNanos;
    this.queue = queue;
    this.counters = counters;
    this.acknowledge = acknowledge;
  }

  /**
   * Delivers until the queue ends, or until nothing was to be delivered or flushed for so long:
   * then it may be called again, from another thread as well.
   *
   * @param feeding whether somebody still puts into the queue, or says that it ends
   * @param patience nanoseconds; {@link Long#MAX_VALUE} to return only when the queue has ended
   * @return whether the queue has ended
   * @throws CaptureException HANDLER if the handler fails; FAILED, with the interrupt as cause and
   *     the thread's flag set, if the thread was interrupted; what was handled before counts as
   *     delivered
   */
  public boolean run(BooleanSupplier feeding, long patience) {
    try {
      long begun = System.nanoTime();
      Taken taken = deliverNext(feeding, patience);
      while (taken != Taken.END) {
        if (taken == Taken.NOTHING && !unflushed && patienceLeft(begun, patience) <= 0) {
          return false;
        }
        if (untilFlush() <= 0) {
          flush();
        }
        taken = deliverNext(feeding, patienceLeft(begun, patience));
      }
      flush();
    } catch (InterruptedException e) {
      endInterrupted(e);
    }
    return true;
  }

  /**
   * Delivers what is in the queue, and returns.
   *
   * @throws StoppedException if the queue was stopped
   * @throws CaptureException as {@link #run}
   */
  public void deliverWaiting() {
    if (run(() -> true, 0)) {
      throw new StoppedException();
    }
  }

  /** What is left of it since the last flush, with which all there was to deliver was delivered. */
  private long patienceLeft(long begun, long patience) {
    long idleSince = lastFlush - begun > 0 ? lastFlush : begun;
    return patience - (System.nanoTime() - idleSince);
  }

  private void endInterrupted(InterruptedException cause) {
    CaptureException failure =
        new CaptureException(
            Reason.FAILED,
            "the thread that runs the capture was interrupted, which ended it: what was handled"
                + " counts as delivered",
            cause);
    try {
      flushDespite(failure);
    } finally {
      Thread.currentThread().interrupt();
    }
    if (!queue.isStopped() || failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  /** Of its own, so that nothing holds a large batch while the next one is waited for. */
  private Taken deliverNext(BooleanSupplier feeding, long longest) throws InterruptedException {
    boolean fed = feeding.getAsBoolean();
    long wait = unflushed ? untilFlush() : longest;
    wait = Math.min(wait, LOOK_NANOS);
    ChangeQueue.Batch batch = queue.take(batchSize, MAX_BATCH_BYTES, wait);
    if (batch == null) {
      return Taken.END;
    }
    if (!batch.isNothing()) {
      deliver(batch);
      return Taken.BATCH;
    }
    if (!fed) {
      throw new CaptureException(
          Reason.FAILED,
          "the capture thread ended without an error: start again, with more memory if it may have"
              + " had too little");
    }
    return Taken.NOTHING;
  }

  /** Nanoseconds until what was handed over is to be flushed; for ever if nothing was. */
  private long untilFlush() {
    if (!unflushed) {
      return Long.MAX_VALUE;
    }
    return unflushedBytes < MAX_UNFLUSHED_BYTES ? lastFlush + flushNanos - System.nanoTime() : 0;
  }

  private void deliver(ChangeQueue.Batch batch) {
    if (!batch.changes().isEmpty()) {
      hand(batch);
    }
    Position end = batch.end();
    if (end != null) {
      reached = end;
    }
    unflushed = true;
    unflushedBytes += batch.bytes();
  }

  private void hand(ChangeQueue.Batch batch) {
    counters.handling(batch.changes().get(0));
    try {
      handler.handleChanges(Collections.unmodifiableList(batch.changes()));
    } catch (Exception e) {
      // Not while its files are written to: an interrupt closes channels.
      boolean interrupted = Thread.interrupted() || e instanceof InterruptedException;
      try {
        CaptureException failure = failed(e);
        flushDespite(failure);
        throw failure;
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
    counters.handling(null);
    counters.delivered(batch);
  }

  /** What was handed over before the batch that failed counts as delivered if it can be. */
  private void flushDespite(CaptureException failure) {
    try {
      flush();
    } catch (CaptureException e) {
      failure.addSuppressed(e);
    }
  }

  private void flush() {
    if (!unflushed) {
      return;
    }
    try {
      handler.flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(e);
    } catch (Exception e) {
      throw failed(e);
    }
    unflushed = false;
    unflushedBytes = 0;
    lastFlush = System.nanoTime();
    Position end = reached;
    if (end != null) {
      position = end;
      acknowledge.accept(end);
    }
    queue.delivered();
  }

  private static CaptureException failed(Exception e) {
    return new CaptureException(
        Reason.HANDLER,
        "the handler failed, so its batch counts as undelivered: " + Reasons.oneLine(e),
        e);
  }

  /** The end of the last transaction that was delivered; null before the first. */
  public @Nullable Position position() {
    return position;
  }
}
