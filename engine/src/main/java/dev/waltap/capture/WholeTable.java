package dev.waltap.capture;

import dev.waltap.api.Operation;
import dev.waltap.diff.TreeRows;

/**
 * All rows of one version of a table: those that leave with a tree that another replaces, or those
 * of a table that enters the filter. For the capture thread.
 */
final class WholeTable implements RowWork {
  private final CapturedTable table;
  private final TreeRows rows;
  private final Operation operation;
  private final Emitter emitter;

  /**
   * All rows of a table.
   *
   * @param operation as what they are told: DELETE or INSERT
   */
  WholeTable(CapturedTable table, TreeRows rows, Operation operation, Emitter emitter) {
    this.table = table;
    this.rows = rows;
    this.operation = operation;
    this.emitter = emitter;
  }

  @Override
  public String table() {
    return table.name();
  }

  @Override
  public int collect(int most) {
    return 0;
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
    if (!table.told()) {
      emitter.skip(rows.count(table.tree()));
      return;
    }
    rows.forEach(
        table.tree(),
        row -> {
          if (operation == Operation.DELETE) {
            emitter.delete(table, table, TableWork.stored(table, row));
          } else {
            emitter.insert(table, TableWork.stored(table, row));
          }
          return true;
        });
  }
}
