package dev.waltap.decode;

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
import dev.waltap.schema.TableFilter;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the changes of one transaction, in the order that is promised, and moves the page set on.
 * All that can't be followed shows before the first change is told. For the capture thread.
 */
public final class TransactionDecoder {
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
  private final Journal journal;
  private final RowComparator comparator = new RowComparator();
  private final TreeRows rowsBefore;
  private final TreeRows rowsAfter;
  private final List<RowWork> works = new ArrayList<>();
  private Catalog catalog;
  private boolean schemaRowSeen;
  private boolean filterChanged;
  private boolean telling;

  /**
   * A decoder at a transaction's end. It closes nothing of what it is given.
   *
   * @param pageSet the pages as of that end; only this decoder moves it on
   * @param diff compares with that page set
   * @param journal keeps each transaction before a change of it is told
   * @param catalog the tables as of that end
   */
  public TransactionDecoder(
      PageFormat format,
      PageSet pageSet,
      TransactionDiff diff,
      SchemaReader schemaReader,
      Emitter emitter,
      Journal journal,
      Catalog catalog) {
    this.journal = journal;
    this.diff = diff;
    this.schemaReader = schemaReader;
    this.emitter = emitter;
    this.catalog = catalog;
    this.rowsBefore = new TreeRows(format, pageSet);
    this.rowsAfter = new TreeRows(format, diff.after());
  }

  /** The tables as of the last transaction decoded. */
  public Catalog catalog() {
    return catalog;
  }

  /** Another filter says from the next transaction on what is told; that one tells who enters. */
  public void filter(TableFilter filter) {
    catalog = catalog.under(filter);
    filterChanged = true;
  }

  /** Whether the last transaction was told, in part at least; if not, the page set is as it was. */
  public boolean hasTold() {
    return telling;
  }

  /**
   * Tells a transaction's changes and moves the page set on.
   *
   * @throws UnknownPageException if the transaction can't be followed; nothing was told then, and
   *     the page set is as it was
   */
  public void decode(CommittedTransaction transaction) {
    telling = false;
    works.clear();
    diff.begin(transaction.pages);
    try {
      tell(transaction);
    } finally {
      works.clear();
      if (!telling) {
        diff.abandon();
      }
    }
  }

  private void tell(CommittedTransaction transaction) {
    List<SchemaStep> steps = List.of();
    Catalog next = catalog;
    if (schemaChanged() || filterChanged) {
      filterChanged = false;
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
    journal.add(transaction, diff);
    telling = true;
    emitter.begin(transaction.epoch(), transaction.frame(), transaction.timestampMicros());
    for (SchemaStep step : steps) {
      if (step.isChanged()) {
        step.emit(emitter);
      }
    }
    for (Operation operation : ROW_OPERATIONS) {
      for (RowWork work : works) {
        work.emit(operation, walkAgain);
      }
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
    if (before == null) {
      add(after, after, diff.delta(null, after.tree()));
    } else if (step.isReplaced()) {
      works.add(new WholeTable(after, before, rowsBefore, Operation.DELETE, emitter));
      works.add(new WholeTable(after, after, rowsAfter, Operation.INSERT, emitter));
      follow(before, after);
    } else if (step.isEntering()) {
      works.add(new WholeTable(after, after, rowsAfter, Operation.INSERT, emitter));
      follow(before, after);
    } else if (step.changesMeaning()) {
      follow(before, after);
      add(before, after, diff.whole(before.tree(), after.tree()));
    } else if (isTouched(before, after)) {
      add(before, after, diff.delta(before.tree(), after.tree()));
    }
  }

  private boolean isTouched(CapturedTable before, CapturedTable after) {
    return before.tree().root() != after.tree().root() || diff.isTouched(before.tree());
  }

  /** Moves the page set on without telling rows: they are told as a whole. */
  private void follow(CapturedTable before, CapturedTable after) {
    if (before.tree().ordinal() != after.tree().ordinal()) {
      diff.delta(before.tree(), null);
      after.rows(diff, diff.delta(null, after.tree()), NOBODY);
    } else if (isTouched(before, after)) {
      after.rows(diff, diff.delta(before.tree(), after.tree()), NOBODY);
    }
  }

  private void add(CapturedTable before, CapturedTable after, TreeDelta delta) {
    works.add(new TableWork(before, after, delta, diff, emitter, comparator));
  }

  /** Finds the rows that changed; returns whether they are too many to remember. */
  private boolean collect() {
    works.sort(RowWork.BY_TABLE);
    boolean overfull = false;
    int left = MOST_PLACES;
    for (RowWork work : works) {
      left -= work.collect(left);
      overfull |= work.isOverfull();
    }
    return overfull;
  }
}
