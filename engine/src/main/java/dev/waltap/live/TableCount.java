// SPDX-License-Identifier: Apache-2.0
package dev.waltap.live;

import dev.waltap.api.Operation;
import java.util.List;
import java.util.stream.LongStream;

/** How many changes of a table passed, by operation. Guarded by the lock of its stream. */
public final class TableCount {
  private final String database;
  private final String table;
  private final long[] operations = new long[Operation.values().length];
  private long last;
  private long look;
  private int keptInLook;

  /**
   * A copy.
   *
   * @param operations how many inserts, updates, deletes, changes of schema, and bootstraps
   */
  public record Counts(String database, String table, List<Long> operations) {}

  TableCount(String database, String table) {
    this.database = database;
    this.table = table;
  }

  boolean isOf(String name) {
    return table.equals(name);
  }

  void count(Operation operation, long number) {
    operations[place(operation)]++;
    last = number;
  }

  private static int place(Operation operation) {
    return switch (operation) {
      case INSERT -> 0;
      case UPDATE -> 1;
      case DELETE -> 2;
      case SCHEMA -> 3;
      case BOOTSTRAP -> 4;
    };
  }

  /** Whether one more of it may be kept in this look, which is counted as kept then. */
  boolean mayKeep(long currentLook, int most) {
    if (look != currentLook) {
      look = currentLook;
      keptInLook = 0;
    }
    return keptInLook++ < most;
  }

  /** The number of its last change. */
  long last() {
    return last;
  }

  Counts counts() {
    return new Counts(database, table, LongStream.of(operations).boxed().toList());
  }
}
