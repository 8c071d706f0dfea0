// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Counters and gauges of a capture at one moment; they do not change afterwards. Counters run from
 * the start of the engine.
 *
 * <p>What is added here comes with a default, so that an implementation made for a test goes on to
 * compile.
 */
public interface CaptureMetrics {

  /** The last position delivered, null before the first. */
  @Nullable Position position();

  /** Committed frames not consumed yet. */
  long lagFrames();

  /**
   * Committed transactions that were read from the WAL and wait to be decoded, or are just being
   * decoded.
   */
  long lagTransactions();

  /** How long the oldest undelivered change has waited; zero if there is none. */
  Duration lag();

  /** Transactions consumed. */
  long transactions();

  /**
   * Transactions delivered to their last change: those that a start delivers again are counted,
   * those without a captured change are not.
   */
  default long deliveredTransactions() {
    return transactions();
  }

  /** Changes delivered. */
  long changes();

  /** Bytes of row images delivered. */
  long bytes();

  /** Frames consumed. */
  long frames();

  /** WAL generations entered. */
  long generations();

  /** Times the WAL was reused before it was read. */
  long overruns();

  /** Gaps emitted as net changes. */
  long reconciles();

  /** Time spent on reconciling gaps. */
  Duration reconcileTime();

  /** Time for which a read transaction was held. */
  Duration readTransactionTime();

  /** Changes waiting for the handler. */
  int queueDepth();

  /** Bytes of row images waiting for the handler. */
  long queueBytes();

  /** Pages held in the page set. */
  long pageSetPages();

  /** Bytes that the pages of the page set take as they are held, compressed or not. */
  long pageSetBytes();

  /** Share of page look-ups served uncompressed, 0 to 1. */
  double pageSetHitRate();

  /** Size of the WAL file in bytes. */
  long walBytes();

  /** Times a read transaction was released because the WAL had reached its limit. */
  long walLimits();
}
