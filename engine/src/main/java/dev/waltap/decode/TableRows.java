// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.api.Operation;
import dev.waltap.record.Names;
import java.util.Comparator;

/** The rows of one table that a transaction emits. For the capture thread. */
interface TableRows {
  /** The order in which tables are emitted. */
  Comparator<TableRows> BY_TABLE = Comparator.comparing(TableRows::table, Names.BINARY);

  /** The table's name. */
  String table();

  /** Finds the rows that changed and remembers at most {@code max} of them; returns how many. */
  int collect(int max);

  /** Whether there were more rows than could be remembered. */
  boolean isOverfull();

  /**
   * Emits the rows of one operation.
   *
   * @param walkAgain whether to find them again, because they are too many to remember
   */
  void emit(Operation operation, boolean walkAgain);
}
