// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.attach.Attachment;
import dev.waltap.attach.Guard;
import dev.waltap.deliver.DeliveryCounters;
import dev.waltap.page.PageSet;

/**
 * Counts what happens, for {@link dev.waltap.api.CaptureMetrics}. Written by the thread that each
 * counter belongs to, read by any: each is a volatile with a single writer.
 */
final class Counters {
  private final DeliveryCounters delivery = new DeliveryCounters();
  private volatile long transactions;
  private volatile long overruns;
  private volatile long reconciles;
  private volatile long reconcileNanos;
  private volatile long walLimits;
  private volatile long frames;
  private volatile long generations;
  private volatile long lagFrames;
  private volatile long readNanos;
  private volatile long waiting;
  private volatile long decodingMicros = -1;
  private volatile long oldestMicros = -1;
  private volatile long pages;
  private volatile long pageBytes;
  private volatile double hitRate = 1;

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  void transaction() {
    transactions++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  void overrun() {
    overruns++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  void reconcile(long nanos) {
    reconciles++;
    reconcileNanos += nanos;
  }

  /** A read transaction was released at the WAL limit. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  void walLimit() {
    walLimits++;
  }

  void tail(Attachment attachment, Backlog backlog, Guard guard) {
    frames = backlog.frames();
    generations = attachment.tail().generation();
    int last = Math.max(attachment.tail().lastSeenFrame(), guard.lastSeenFrame());
    lagFrames = Math.max(0L, last - (long) attachment.tail().frame());
    readNanos = guard.readNanos();
    oldestMicros = backlog.oldestMicros();
    waiting = backlog.size();
  }

  /** A transaction that was seen then is being decoded; -1 for none. */
  void decoding(long micros) {
    decodingMicros = micros;
  }

  void pageSet(PageSet set) {
    pages = set.size();
    pageBytes = set.bytes();
    hitRate = set.hitRate();
  }

  /** What is counted by the handler's thread. */
  DeliveryCounters delivery() {
    return delivery;
  }

  long transactions() {
    return transactions;
  }

  long overruns() {
    return overruns;
  }

  long reconciles() {
    return reconciles;
  }

  long reconcileNanos() {
    return reconcileNanos;
  }

  long walLimits() {
    return walLimits;
  }

  long frames() {
    return frames;
  }

  long generations() {
    return generations;
  }

  long lagFrames() {
    return lagFrames;
  }

  long lagTransactions() {
    return waiting + (decodingMicros >= 0 ? 1 : 0);
  }

  long readNanos() {
    return readNanos;
  }

  /** When the oldest change was seen that is not delivered, of which these places know. */
  long oldestMicros(long queued) {
    for (long micros :
        new long[] {delivery.handlingMicros(), queued, decodingMicros, oldestMicros}) {
      if (micros >= 0) {
        return micros; // Changes go through these places in this order.
      }
    }
    return -1;
  }

  long pages() {
    return pages;
  }

  long pageBytes() {
    return pageBytes;
  }

  double hitRate() {
    return hitRate;
  }
}
