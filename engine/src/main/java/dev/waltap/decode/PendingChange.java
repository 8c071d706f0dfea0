// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.TableSchema;
import dev.waltap.api.TransactionContext;
import dev.waltap.schema.TableRow;
import org.jspecify.annotations.Nullable;

/**
 * The one change that is held back, and made a {@link Change} when it is taken: only then is it
 * known whether it is the last of its transaction. For the capture thread.
 */
final class PendingChange {
  private @Nullable String table;
  private Operation operation = Operation.INSERT;
  private long index;
  private long bytes;
  private @Nullable TableRow before;
  private @Nullable TableRow after;
  private @Nullable TableSchema schemaBefore;
  private @Nullable TableSchema schemaAfter;

  /**
   * Holds a change; none may be held.
   *
   * @param atIndex its place in its transaction
   * @param size bytes to count for it
   */
  void hold(
      String ofTable,
      Operation what,
      @Nullable TableRow rowBefore,
      @Nullable TableRow rowAfter,
      @Nullable TableSchema tableBefore,
      @Nullable TableSchema tableAfter,
      long atIndex,
      long size) {
    table = ofTable;
    operation = what;
    before = rowBefore;
    after = rowAfter;
    schemaBefore = tableBefore;
    schemaAfter = tableAfter;
    index = atIndex;
    bytes = size;
  }

  boolean isEmpty() {
    return table == null;
  }

  /** Bytes to count for the change that is or was held. */
  long bytes() {
    return bytes;
  }

  /** The change, which is held no longer. */
  Change take(TransactionContext transaction, boolean last) {
    String name = table;
    if (name == null) {
      throw new IllegalStateException("no change is held");
    }
    Change change =
        before != null || after != null
            ? transaction.change(name, operation, before, after, index, last)
            : transaction.change(
                name, operation, null, null, null, schemaBefore, schemaAfter, index, last);
    // Rows may be large, and are the handler's from here on.
    table = null;
    before = null;
    after = null;
    schemaBefore = null;
    schemaAfter = null;
    return change;
  }
}
