// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

/**
 * Keeps up with the log: copies what was committed, before SQLite reuses the WAL. Whatever walks
 * pages, rows or a journal at length takes one as a parameter and calls it at least every {@link
 * #PAGES} pages or {@link #ROWS} rows, so that no long work can forget the log. To call it when
 * nothing is new costs a look at shared memory.
 */
@FunctionalInterface
public interface LogKeeper {

  /** Pages that may be worked on between two calls: a millisecond or less. */
  int PAGES = 64;

  /** Rows that may be looked at between two calls. */
  int ROWS = 64;

  /** For work beside which no log is followed. */
  LogKeeper NONE = () -> {};

  /** Copies what is new; never waits. */
  void keepUp();

  /** The same while the caller waits for something else, so that there is time for all there is. */
  default void copyAhead() {
    keepUp();
  }
}
