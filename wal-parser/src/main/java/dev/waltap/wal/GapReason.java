// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

/**
 * Why the WAL alone does not lead from the last commit consumed to what is committed now, so that a
 * snapshot has to say what changed. Only {@link #isHistoryLost} ones say that commits were missed;
 * after the others nothing may be missing but the proof.
 */
public enum GapReason {
  /** The WAL was restarted, and commits overwritten, before they were read. */
  OVERRUN("the WAL was reused before it was read, so history was lost", true),
  /** A saved position is of another generation than the WAL is in now. */
  NEW_GENERATION("the WAL was reused since the saved position", false),
  /** What was found may be all, or may not: the counts allow both. */
  UNPROVEN(
      "the WAL was restarted, and nothing proves that all that was committed before was read",
      false),
  /** The rest of a restarted generation has frames without checksums, which nothing can follow. */
  UNCHECKED_FRAMES(
      "the rest of a restarted WAL has frames without checksums, as SQLite 3.11.0 to 3.50.1 writes"
          + " them, so it can't be followed and history was lost",
      true),
  /** SQLite recovered the WAL, and the last commit consumed is not in it any more. */
  RECOVERED(
      "SQLite recovered the WAL after a crash, and what was read last is not in it any more",
      false),
  /** The WAL file does not hold the frames that the wal-index names. */
  FOREIGN_FRAMES(
      "the WAL file does not hold the frames that the wal-index names: was it replaced?", false),
  /** The page size is another one. */
  PAGE_SIZE("the page size changed", false),
  /** The saved state is of another database file than the one that is there. */
  ANOTHER_FILE("the database file is another one than the saved state is of", false),
  /** Something other than SQLite wrote to the database file. */
  FOREIGN_WRITE(
      "the database file was written to by something other than SQLite, or by an SQLite with"
          + " another WAL: is the file mounted alone, or hard-linked, elsewhere?",
      false),
  /** A transaction leads to a page that the page set does not hold. */
  PAGE_NOT_HELD("a transaction leads to a page that is not in the page set", false);

  private final String clause;
  private final boolean historyLost;

  GapReason(String clause, boolean historyLost) {
    this.clause = clause;
    this.historyLost = historyLost;
  }

  /** Why, as a clause without a full stop. */
  public String clause() {
    return clause;
  }

  /** Whether commits were certainly missed. */
  public boolean isHistoryLost() {
    return historyLost;
  }
}
