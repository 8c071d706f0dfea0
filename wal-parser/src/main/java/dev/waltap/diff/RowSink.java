// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

/**
 * Takes the rows whose bytes differ, in b-tree order. What the cursors show is valid during a call.
 */
public interface RowSink {

  /** A key that only the old tree has. */
  void deleted(RowCursor before);

  /** A key that both have, with other bytes. */
  void updated(RowCursor before, RowCursor after);

  /** A key that only the new tree has. */
  void inserted(RowCursor after);
}
