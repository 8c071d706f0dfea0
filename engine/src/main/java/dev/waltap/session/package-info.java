// SPDX-License-Identifier: Apache-2.0
/**
 * One run of a capture, phase by phase, on the capture thread: attach, resume or start, tail, close
 * a gap.
 *
 * <pre>
 *   CaptureSession ──┬─▶ FreshStart    a snapshot becomes the replica, its rows may be emitted
 *   (which phase)    ├─▶ StateResume   the saved state is brought to where it ends
 *                    ├─▶ NetChanges    what the log does not show, as one transaction
 *                    └─▶ DirectRows    the rows of a snapshot, of which nothing is kept
 *                          │
 *                    CaptureParts      what all of them work with, opened and closed together
 * </pre>
 *
 * <p>{@link dev.waltap.session.CatchUp} does without all that: it emits what was committed while
 * nothing ran, from what the last session has left in memory, where the database file or the WAL
 * alone says all of it.
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
package dev.waltap.session;

import org.jspecify.annotations.NullMarked;
