// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

import dev.waltap.attach.Attachment;
import dev.waltap.attach.Guard;
import dev.waltap.decode.Micros;
import dev.waltap.deliver.DeliveryCounters;
import dev.waltap.page.PageSet;

/**
 * Counts what happens, for {@link dev.waltap.api.CaptureMetrics}. Written by the thread that each
 * counter belongs to, read by any: each is a volatile with a single writer.
 */
public final class Counters {
  private final DeliveryCounters delivery = new DeliveryCounters();
  private volatile long transactions;
  private volatile long overruns;
  private volatile long reconciles;
  private volatile long reconcileNanos;
  private volatile long walLimits;
  private volatile long frames;

  /** Frames that were read without following the log. */
  private volatile long loggedFrames;

  private volatile long generations;
  private volatile long lagFrames;
  private volatile long readNanos;
  private volatile long waiting;
  private volatile long decodingMicros = -1;
  private volatile long oldestMicros = -1;

  /** Since when much of the log has waited to be copied; -1 where not much does. */
  private volatile long farBehindMicros = -1;

  private volatile long pages;
  private volatile long pageBytes;
  private volatile double hitRate = 1;

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  public void transaction() {
    transactions++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  public void overrun() {
    overruns++;
  }

  /**
   * What was missed was looked for.
   *
   * @param gap whether that was a gap, and not just a start
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  public void reconcile(long nanos, boolean gap) {
    reconciles += gap ? 1 : 0;
    reconcileNanos += nanos;
  }

  /** A read transaction was released at the WAL limit. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  public void walLimit() {
    walLimits++;
  }

  /**
   * The log was looked at.
   *
   * @param farBehind whether so much of it is not copied that it waits longer than what is
   */
  void tail(Attachment attachment, Backlog backlog, Guard guard, boolean farBehind) {
    frames = backlog.frames();
    generations = attachment.tail().generation();
    int last = Math.max(attachment.tail().lastSeenFrame(), guard.lastSeenFrame());
    lagFrames = Math.max(0L, last - (long) attachment.tail().frame());
    readNanos = guard.readNanos();
    farBehindMicros = !farBehind ? -1 : farBehindMicros < 0 ? Micros.now() : farBehindMicros;
    oldestMicros = backlog.oldestMicros();
    waiting = backlog.size();
  }

  /** So many frames were read without following the log. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  public void frames(int count) {
    loggedFrames += count;
  }

  /** A transaction that was seen then is being decoded; -1 for none. */
  public void decoding(long micros) {
    decodingMicros = micros;
  }

  public void pageSet(PageSet set) {
    pages = set.size();
    pageBytes = set.bytes();
    hitRate = set.hitRate();
  }

  /** What is counted by the handler's thread. */
  public DeliveryCounters delivery() {
    return delivery;
  }

  public long transactions() {
    return transactions;
  }

  public long overruns() {
    return overruns;
  }

  public long reconciles() {
    return reconciles;
  }

  public long reconcileNanos() {
    return reconcileNanos;
  }

  public long walLimits() {
    return walLimits;
  }

  public long frames() {
    return frames + loggedFrames;
  }

  public long generations() {
    return generations;
  }

  public long lagFrames() {
    return lagFrames;
  }

  public long lagTransactions() {
    return waiting + (decodingMicros >= 0 ? 1 : 0);
  }

  public long readNanos() {
    return readNanos;
  }

  /** When the oldest change was seen that is not delivered, of which these places know. */
  public long oldestMicros(long queued) {
    long behind = farBehindMicros;
    for (long micros :
        new long[] {delivery.handlingMicros(), queued, decodingMicros, oldestMicros}) {
      if (micros >= 0) {
        // Changes go through these places in this order.
        return behind < 0 ? micros : Math.min(micros, behind);
      }
    }
    return behind;
  }

  public long pages() {
    return pages;
  }

  public long pageBytes() {
    return pageBytes;
  }

  public double hitRate() {
    return hitRate;
  }
}
