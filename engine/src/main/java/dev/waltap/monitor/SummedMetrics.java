// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.Position;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Metrics of several captures as one: sums, but the longest lag. For one thread while it grows. */
final class SummedMetrics implements CaptureMetrics {
  private @Nullable Position position;
  private long transactions;
  private long deliveredTransactions;
  private long changes;
  private long bytes;
  private long frames;
  private long generations;
  private long overruns;
  private long reconciles;
  private long walLimits;
  private Duration reconcileTime = Duration.ZERO;
  private Duration readTransactionTime = Duration.ZERO;
  private Duration lag = Duration.ZERO;
  private long lagFrames;
  private long lagTransactions;
  private int queueDepth;
  private long queueBytes;
  private long pages;
  private long pageBytes;
  private double hits;
  private int captures;
  private long walBytes;

  /** Adds what only grows. */
  void addCounters(CaptureMetrics more) {
    transactions += more.transactions();
    deliveredTransactions += more.deliveredTransactions();
    changes += more.changes();
    bytes += more.bytes();
    frames += more.frames();
    generations += more.generations();
    overruns += more.overruns();
    reconciles += more.reconciles();
    walLimits += more.walLimits();
    reconcileTime = reconcileTime.plus(more.reconcileTime());
    readTransactionTime = readTransactionTime.plus(more.readTransactionTime());
  }

  /** Adds all there is. */
  void add(CaptureMetrics more) {
    addCounters(more);
    position = captures == 0 ? more.position() : null;
    lag = lag.compareTo(more.lag()) < 0 ? more.lag() : lag;
    lagFrames += more.lagFrames();
    lagTransactions += more.lagTransactions();
    queueDepth += more.queueDepth();
    queueBytes += more.queueBytes();
    pages += more.pageSetPages();
    pageBytes += more.pageSetBytes();
    hits += more.pageSetHitRate();
    captures++;
    walBytes += more.walBytes();
  }

  /** That of the one capture there is. */
  @Override
  public @Nullable Position position() {
    return position;
  }

  @Override
  public long lagFrames() {
    return lagFrames;
  }

  @Override
  public long lagTransactions() {
    return lagTransactions;
  }

  @Override
  public Duration lag() {
    return lag;
  }

  @Override
  public long transactions() {
    return transactions;
  }

  @Override
  public long deliveredTransactions() {
    return deliveredTransactions;
  }

  @Override
  public long changes() {
    return changes;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public long frames() {
    return frames;
  }

  @Override
  public long generations() {
    return generations;
  }

  @Override
  public long overruns() {
    return overruns;
  }

  @Override
  public long reconciles() {
    return reconciles;
  }

  @Override
  public Duration reconcileTime() {
    return reconcileTime;
  }

  @Override
  public Duration readTransactionTime() {
    return readTransactionTime;
  }

  @Override
  public int queueDepth() {
    return queueDepth;
  }

  @Override
  public long queueBytes() {
    return queueBytes;
  }

  @Override
  public long pageSetPages() {
    return pages;
  }

  @Override
  public long pageSetBytes() {
    return pageBytes;
  }

  /** The average; 1 of none, as where nothing was looked up. */
  @Override
  public double pageSetHitRate() {
    return captures == 0 ? 1 : hits / captures;
  }

  @Override
  public long walBytes() {
    return walBytes;
  }

  @Override
  public long walLimits() {
    return walLimits;
  }
}
