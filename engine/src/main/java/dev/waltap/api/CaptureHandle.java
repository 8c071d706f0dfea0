// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A capture that runs on a thread of its own, begun by {@link Engine#start}. For any thread, the
 * handler's and the listener's included, where a method does not say otherwise.
 *
 * <pre>
 *   STARTING ──► READY ──► ENDED
 *       │          └─────► FAILED
 *       └──► ENDED or FAILED
 * </pre>
 */
public interface CaptureHandle extends AutoCloseable {

  /** Where a started capture is. */
  enum State {
    /** It attaches, sets up state or scans; a {@link CaptureMode#BOOTSTRAP} stays here. */
    STARTING,
    /** Every later commit will be emitted. */
    READY,
    /** It was closed, or has done what it was started for. */
    ENDED,
    /** It was refused, or the handler or the capture failed; {@link #end} says why. */
    FAILED
  }

  /** Where it is at this moment. */
  State state();

  /**
   * Waits until every later commit is certain to be emitted. Not from the handler or the listener,
   * which the capture itself waits for.
   *
   * @param timeout how long to wait at most
   * @return whether it is ready; if not, the time is over, or it has ended without being ready
   * @throws CaptureException if it failed before it was ready
   * @throws InterruptedException if the caller is interrupted; the capture continues
   */
  boolean awaitReady(Duration timeout) throws InterruptedException;

  /**
   * The end of the capture. Completes when nothing of it runs any more: normally once it is closed
   * or done, else with the {@link CaptureException} that the blocking method would have thrown. To
   * complete or cancel what is returned does not end the capture.
   */
  CompletableFuture<Void> end();

  /** Counters and gauges at this moment. */
  CaptureMetrics metrics();

  /** Ends the capture in order, as {@link Engine#close} does, and throws nothing that it met. */
  @Override
  void close();
}
