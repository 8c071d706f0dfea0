// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

/**
 * One transaction as journalled, without its pages.
 *
 * @param position its end
 * @param timestampMicros when its commit was seen, microseconds since 1970 UTC: emitted again as it
 *     was
 * @param databaseSize pages of the database after it, those beyond are gone; 0: nothing is cut
 */
public record JournalEntry(LogPosition position, long timestampMicros, int databaseSize) {

  public JournalEntry {
    if (databaseSize < 0) {
      throw new IllegalArgumentException("database size " + databaseSize);
    }
  }
}
