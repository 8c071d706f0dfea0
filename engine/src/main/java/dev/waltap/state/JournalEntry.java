package dev.waltap.state;

/**
 * One transaction as journalled, without its pages.
 *
 * @param kind where it came from
 * @param position its end
 * @param timestampMicros when its commit was seen, microseconds since 1970 UTC: told again as it
 *     was
 * @param databaseSize pages of the database after it, those beyond are gone; 0: nothing is cut
 */
public record JournalEntry(
    Kind kind, LogPosition position, long timestampMicros, int databaseSize) {

  /** Where a transaction came from. */
  public enum Kind {
    /** A transaction of the WAL. */
    TRANSACTION(1),
    /** The net effect of history that was lost, as one transaction. */
    RECONCILE(2);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** As stored. */
    int code() {
      return code;
    }

    static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException("kind " + code);
    }
  }

  public JournalEntry {
    if (databaseSize < 0) {
      throw new IllegalArgumentException("database size " + databaseSize);
    }
  }
}
