package dev.waltap.capture;

import dev.waltap.api.Operation;
import dev.waltap.diff.RowCursor;
import dev.waltap.diff.RowSink;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.diff.TreeDelta;
import dev.waltap.diff.TreeRows;
import dev.waltap.format.PageFormat;
import dev.waltap.page.PageSet;
import dev.waltap.page.UnknownPageException;
import dev.waltap.record.RowComparator;
import dev.waltap.schema.Schema;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the changes of one transaction, in the order that is promised, and moves the page set on.
 * All that can't be followed shows before the first change is told. For the capture thread.
 */
final class TransactionDecoder {
  private static final int MOST_PLACES = 1 << 16;
  private static final List<Operation> ROW_OPERATIONS =
      List.of(Operation.DELETE, Operation.UPDATE, Operation.INSERT);
  private static final RowSink NOBODY =
      new RowSink() {
        @Override
        public void deleted(RowCursor before) {}

        @Override
        public void updated(RowCursor before, RowCursor after) {}

        @Override
        public void inserted(RowCursor after) {}
      };

  private final TransactionDiff diff;
  private final SchemaReader schemaReader;
  private final Emitter emitter;
  private final RowComparator comparator = new RowComparator();
  private final TreeRows rowsBefore;
  private final TreeRows rowsAfter;
  private final List<TableWork> works = new ArrayList<>();
  private final List<CapturedTable> entering = new ArrayList<>();
  private final List<CapturedTable> replaced = new ArrayList<>();
  private Catalog catalog;
  private boolean schemaRowSeen;

  TransactionDecoder(
      PageFormat format,
      PageSet pageSet,
      TransactionDiff diff,
      SchemaReader schemaReader,
      Emitter emitter,
      Catalog catalog) {
    this.diff = diff;
    this.schemaReader = schemaReader;
    this.emitter = emitter;
    this.catalog = catalog;
    this.rowsBefore = new TreeRows(format, pageSet);
    this.rowsAfter = new TreeRows(format, diff.after());
  }

  /** The tables as of the last transaction decoded. */
  Catalog catalog() {
    return catalog;
  }

  /**
   * Tells a transaction's changes and moves the page set on.
   *
   * @throws UnknownPageException if the transaction can't be followed; nothing was told then, and
   *     the page set is as it was
   */
  void decode(CommittedTransaction transaction) {
    works.clear();
    entering.clear();
    replaced.clear();
    diff.begin(transaction.pages);
    List<SchemaStep> steps = List.of();
    Catalog next = catalog;
    if (schemaChanged()) {
      Schema schema = schemaReader.read(diff.after());
      next = catalog.next(schema);
      steps = SchemaStep.between(catalog, next, schema);
      steps.forEach(this::prepare);
    } else {
      for (CapturedTable table : catalog.tables()) {
        if (diff.isTouched(table.tree())) {
          add(table, table, diff.delta(table.tree(), table.tree()));
        }
      }
    }
    boolean walkAgain = collect();
    emitter.begin(transaction.epoch(), transaction.frame(), transaction.timestampMicros());
    for (SchemaStep step : steps) {
      if (step.isChanged()) {
        step.emit(emitter);
      }
    }
    for (Operation operation : ROW_OPERATIONS) {
      emit(operation, walkAgain);
    }
    emitter.end();
    diff.finish();
    catalog = next;
  }

  private boolean schemaChanged() {
    if (!diff.isTouched(SchemaReader.TREE)) {
      return false;
    }
    TreeDelta delta = diff.delta(SchemaReader.TREE, SchemaReader.TREE);
    schemaRowSeen = false;
    diff.rows(
        delta,
        null,
        new RowSink() {
          @Override
          public void deleted(RowCursor before) {
            schemaRowSeen = true;
          }

          @Override
          public void updated(RowCursor before, RowCursor after) {
            schemaRowSeen = true;
          }

          @Override
          public void inserted(RowCursor after) {
            schemaRowSeen = true;
          }
        });
    return schemaRowSeen;
  }

  private void prepare(SchemaStep step) {
    CapturedTable before = step.before();
    CapturedTable after = step.after();
    if (after == null) {
      if (before != null) {
        diff.delta(before.tree(), null);
      }
      return;
    }
    if (before == null || step.isReplaced()) {
      if (before != null) {
        // The old rows are listed from the old pages, which stand until the transaction is
        // finished.
        diff.delta(before.tree(), null);
        replaced.add(before);
      }
      add(after, after, diff.delta(null, after.tree()));
      return;
    }
    boolean moved = before.tree().root() != after.tree().root();
    boolean touched = diff.isTouched(before.tree());
    if (step.isEntering()) {
      if (moved || touched) {
        diff.rows(diff.delta(before.tree(), after.tree()), after.order(), NOBODY);
      }
      entering.add(after);
    } else if (moved || touched) {
      add(before, after, diff.delta(before.tree(), after.tree()));
    }
  }

  private void add(CapturedTable before, CapturedTable after, TreeDelta delta) {
    works.add(new TableWork(before, after, delta, diff, emitter, comparator));
  }

  /** Finds the rows that changed; returns whether they are too many to remember. */
  private boolean collect() {
    works.sort(TableWork.BY_NAME);
    boolean overfull = false;
    int left = MOST_PLACES;
    for (TableWork work : works) {
      left -= work.collect(left);
      overfull |= work.isOverfull();
    }
    return overfull;
  }

  private void emit(Operation operation, boolean walkAgain) {
    if (operation == Operation.DELETE) {
      replaced.forEach(this::emitAllOld);
    }
    for (TableWork work : works) {
      work.emit(operation, walkAgain);
    }
    if (operation == Operation.INSERT) {
      entering.forEach(this::emitAllNew);
    }
  }

  private void emitAllOld(CapturedTable table) {
    rowsBefore.forEach(
        table.tree(),
        row -> {
          if (table.told()) {
            emitter.delete(table, table, TableWork.stored(table, row));
          } else {
            emitter.skip(1);
          }
          return true;
        });
  }

  private void emitAllNew(CapturedTable table) {
    rowsAfter.forEach(
        table.tree(),
        row -> {
          emitter.insert(table, TableWork.stored(table, row));
          return true;
        });
  }
}
