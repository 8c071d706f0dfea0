// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

/** What the databases of one build came to so far. Used from one thread. */
final class Totals {
  long databases;
  long transactions;
  long changes;
  long bareFrames;
  long gaps;
  long kills;
  long recoveries;

  /** Databases that a recovery by SQLite itself left damaged, so that nothing can be compared. */
  long damaged;
}
