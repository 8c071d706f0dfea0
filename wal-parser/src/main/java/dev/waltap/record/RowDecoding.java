// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

/**
 * Keeps a row's reader. Threads may race and make two of the same: the final field publishes all
 * that its reader has read.
 *
 * @param reader is on the row, and stays there
 */
public record RowDecoding(RowReader reader) {

  /** Reads the row's header. */
  public static RowDecoding of(StoredRow row) {
    return new RowDecoding(new RowReader(row.layout(), row.rowid(), row.payload()));
  }
}
