// SPDX-License-Identifier: Apache-2.0
/**
 * The engine's one loop: attach, tail, guard, reconcile, bootstrap.
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
 *  any thread: close() by Lifecycle, which stops the queue; metrics() by Counters, volatiles of one
 *  writer each. A wake signal may have a thread of its own ("waltap-watch", "waltap-wake"), which
 *  only unparks the capture thread.
 * </pre>
 *
 * <p>Across DDL, a table is the same if its name is, as SQLite matches names, else if its root page
 * is: that is a rename, or looks like one where another table took a dropped one's root. Its
 * columns are matched by {@link dev.waltap.schema.ColumnMapping}. Rows are the same where their
 * tree is of the same kind, in the same order, by the same key; else all leave and all come. Where
 * a record would mean something else now, both versions are compared row by row, whatever was
 * written. So whoever applies the changes as they are emitted, a renamed table with its rows, ends
 * with what the source holds.
 */
@NullMarked
package dev.waltap.capture;

import org.jspecify.annotations.NullMarked;
