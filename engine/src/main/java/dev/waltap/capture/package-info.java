// SPDX-License-Identifier: Apache-2.0
/**
 * A capture's life and its threads: begun once, closed from anywhere, ended in order.
 *
 * <p>Threads, and what each owns:
 *
 * <pre>
 *  caller's, or "waltap-handler"          "waltap-capture"
 *  CaptureEngine, Delivery                CaptureThread, CaptureSession, CaptureParts:
 *  the handler                            WAL mapping, connections, read transactions,
 *                                         page set, state directory; most of the listener's calls
 *
 *    takes batches     ◄── ChangeQueue ◄──  puts what StagedChanges has
 *    acknowledges      ──► a volatile of StateStore, saved with the next flush
 *    starts, and joins ──────────────────►  ends when the queue is stopped
 *
 *  Where a fleet gives the threads (Workers), both are borrowed: the handler's while there is
 *  something to deliver (Delivery leaves the ChangeQueue, which recalls it with the next change),
 *  the capture's while anything but a write to the log may bring something to do (PooledThread
 *  leaves its CountedSignal, which recalls it once the file watch reports a write). To leave is the
 *  last that a thread does, so that the next one may take over at once.
 *
 *  any thread: close() by Lifecycle, which stops the queue; metrics() by Counters, volatiles of one
 *  writer each. A wake signal may have a thread of its own ("waltap-watch", "waltap-wake"), which
 *  only unparks the capture thread, or recalls one.
 * </pre>
 */
@NullMarked
package dev.waltap.capture;

import org.jspecify.annotations.NullMarked;
