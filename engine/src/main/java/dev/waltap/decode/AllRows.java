// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.api.Operation;
import dev.waltap.diff.TreeRows;

/**
 * All rows of one version of a table: those that leave with a tree that another replaces, or those
 * of a table that enters the filter. For the capture thread.
 */
final class AllRows implements TableRows {
  private final CapturedTable as;
  private final CapturedTable table;
  private final TreeRows rows;
  private final Operation operation;
  private final Emitter emitter;

  /**
   * All rows of a table.
   *
   * @param as the table under whose name they are emitted: after SCHEMA, an old table has its new
   *     name
   * @param table the version of the table that has the rows
   * @param operation as what they are emitted: DELETE or INSERT
   */
  AllRows(
      CapturedTable as, CapturedTable table, TreeRows rows, Operation operation, Emitter emitter) {
    this.as = as;
    this.table = table;
    this.rows = rows;
    this.operation = operation;
    this.emitter = emitter;
  }

  @Override
  public String table() {
    return as.name();
  }

  /** Remembers nothing, but looks at all rows that will be emitted: nothing may fail by then. */
  @Override
  public int collect(int max) {
    if (isEmitted()) {
      rows.forEach(
          table.tree(),
          row -> {
            emitter.keepUp();
            table.check(row);
            return true;
          });
    }
    return 0;
  }

  private boolean isEmitted() {
    return emitter.emits(as) && emitter.emits(table);
  }

  @Override
  public boolean isOverfull() {
    return false;
  }

  @Override
  public void emit(Operation wanted, boolean walkAgain) {
    if (wanted != operation) {
      return;
    }
    if (!isEmitted()) {
      emitter.skip(rows.count(table.tree(), emitter.keeper()));
      return;
    }
    rows.forEach(
        table.tree(),
        row -> {
          emitter.makeRoom(row.payloadSize());
          if (operation == Operation.DELETE) {
            emitter.delete(as, table.stored(row));
          } else {
            emitter.insert(table, table.stored(row));
          }
          return true;
        });
  }
}
