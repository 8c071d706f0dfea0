package dev.waltap.decode;

import dev.waltap.api.Operation;
import dev.waltap.record.Names;
import java.util.Comparator;

/** The rows of one table that a transaction tells. For the capture thread. */
interface RowWork {
  /** The order in which tables are told. */
  Comparator<RowWork> BY_TABLE = Comparator.comparing(RowWork::table, Names.BINARY);

  /** The table's name. */
  String table();

  /** Finds the rows that changed; remembers at most so many of them, and returns how many. */
  int collect(int most);

  /** Whether there were more rows than could be remembered. */
  boolean isOverfull();

  /**
   * Tells the rows of one operation.
   *
   * @param walkAgain whether to find them anew, since they are too many to remember
   */
  void emit(Operation operation, boolean walkAgain);
}
