// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.api.Operation;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.diff.TreeDelta;
import dev.waltap.diff.TreeRows;
import dev.waltap.format.UnsupportedDatabaseException;
import dev.waltap.page.PageSet;
import dev.waltap.page.UnknownPageException;
import dev.waltap.record.RowComparator;
import dev.waltap.schema.Schema;
import dev.waltap.schema.SchemaUpdate;
import dev.waltap.schema.TableFilter;
import dev.waltap.schema.UnreadableTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the changes of one transaction, in the order that is promised, and moves the page set on.
 * All that can't be followed shows before the first change is emitted. For the capture thread.
 */
public final class TransactionDecoder {
  private static final int MAX_ADDRESSES = 1 << 16;
  private static final int MAX_LATELY = 8;
  private static final List<Operation> ROW_OPERATIONS =
      List.of(Operation.DELETE, Operation.UPDATE, Operation.INSERT);

  private final TransactionDiff diff;
  private final SchemaReader schemaReader;
  private final Emitter emitter;
  private final Journal journal;
  private final RowComparator comparator = new RowComparator();
  private final TreeRows rowsBefore;
  private final TreeRows rowsAfter;
  private final List<TableRows> changed = new ArrayList<>();

  /** Those of tables that changed lately, by the ordinals of their trees, to be used again. */
  private final Map<Integer, ChangedRows> lately = new HashMap<>();

  private final SchemaRows schemaRows;
  private final Catalog catalog;
  private @Nullable TableFilter laterFilter;
  private boolean emitting;

  /**
   * A decoder at a transaction's end. It closes nothing of what it is given.
   *
   * @param pageSet the pages as of that end; only this decoder moves it on
   * @param diff compares with that page set
   * @param journal keeps each transaction before a change of it is emitted
   * @param catalog the tables as of that end; only this decoder moves it on
   */
  public TransactionDecoder(
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
    this.schemaRows = new SchemaRows(schemaReader);
    this.rowsBefore = new TreeRows(diff.formatBefore(), pageSet);
    this.rowsAfter = new TreeRows(diff.formatAfter(), diff.after());
  }

  /** The tables as of the last transaction decoded. */
  public Catalog catalog() {
    return catalog;
  }

  /** The tables that a transaction with this schema in the end would leave. */
  public Catalog catalog(Schema later) {
    TableFilter filter = laterFilter;
    return catalog.next(later, filter != null ? filter : catalog.filter());
  }

  /**
   * From the next transaction on, another filter decides what is emitted; that transaction also
   * emits the tables that enter.
   */
  public void filter(TableFilter filter) {
    laterFilter = filter;
  }

  /**
   * Whether the last transaction was emitted, in part at least; if not, the page set is as it was.
   */
  public boolean hasEmitted() {
    return emitting;
  }

  /**
   * Emits a transaction's changes and moves the page set on.
   *
   * @throws UnknownPageException if the transaction can't be followed; nothing was emitted then,
   *     and the page set is as it was
   * @throws UnsupportedDatabaseException if it leaves a table that is to be captured and can't be
   *     read; nothing was emitted then either
   */
  public void decode(CommittedTransaction transaction) {
    emitting = false;
    changed.clear();
    try {
      diff.begin(transaction.pages);
      emit(transaction);
    } finally {
      changed.clear();
      if (!emitting) {
        diff.abandon();
      }
    }
  }

  private void emit(CommittedTransaction transaction) {
    CatalogChange change = catalogChange();
    if (change != null) {
      requireReadable(change, transaction);
      change.steps().forEach(this::prepare);
    }
    for (int i = 0; i < diff.touchedTrees(); i++) {
      CapturedTable table = catalog.ofTree(diff.touchedTree(i));
      if (table != null && (change == null || !change.covers(table))) {
        add(table);
      }
    }
    boolean walkAgain = collect();
    diff.check();
    journal.add(transaction, diff, emitter.keeper());
    emitting = true;
    emitter.begin(transaction.epoch(), transaction.frame(), transaction.timestampMicros());
    if (change != null) {
      emitSteps(change);
    }
    // By index, here and below: an iterator for each transaction would be noticed.
    for (int i = 0; i < ROW_OPERATIONS.size(); i++) {
      for (int j = 0; j < changed.size(); j++) {
        changed.get(j).emit(ROW_OPERATIONS.get(i), walkAgain);
      }
    }
    emitter.end();
    diff.finish();
    if (change != null) {
      catalog.apply(change);
      laterFilter = null;
    }
  }

  private void emitSteps(CatalogChange change) {
    for (SchemaStep step : change.steps()) {
      if (step.isChanged()) {
        step.emit(emitter);
      }
    }
  }

  /** What becomes of the tables; null if nothing does. */
  private @Nullable CatalogChange catalogChange() {
    Schema schema = catalog.schema();
    SchemaUpdate update = null;
    if (diff.isTouched(SchemaReader.TREE)) {
      schemaRows.begin(schema.encoding());
      diff.rows(diff.delta(SchemaReader.TREE, SchemaReader.TREE), null, schemaRows);
      update = schemaReader.update(schema, schemaRows, diff.after());
    }
    TableFilter filter = laterFilter;
    if (filter != null) {
      return catalog.change(update != null ? update : SchemaUpdate.nothing(schema), filter);
    }
    return update == null ? null : catalog.change(update, catalog.filter());
  }

  /** A table that can't be read is not a table that was dropped: its rows are there. */
  private static void requireReadable(CatalogChange change, CommittedTransaction transaction) {
    for (UnreadableTable table : change.update().unreadableCame()) {
      if (change.filter().accepts(table)) {
        throw new UnsupportedDatabaseException(
            table.refusal()
                + "; capture has ended before the transaction at frame "
                + transaction.frame()
                + ", of which nothing was emitted");
      }
    }
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
      changed.add(new AllRows(after, before, rowsBefore, Operation.DELETE, emitter));
      changed.add(new AllRows(after, after, rowsAfter, Operation.INSERT, emitter));
      follow(before, after);
    } else if (step.isEntering()) {
      changed.add(new AllRows(after, after, rowsAfter, Operation.INSERT, emitter));
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

  /** Moves the page set on without the rows that differ: all are emitted. */
  private void follow(CapturedTable before, CapturedTable after) {
    if (before.tree().ordinal() != after.tree().ordinal()) {
      diff.delta(before.tree(), null);
      diff.follow(null, after.tree(), emitter::keepUp);
    } else if (isTouched(before, after)) {
      diff.follow(before.tree(), after.tree(), emitter::keepUp);
    }
  }

  /** A table that stays as it is, and whose rows may differ. */
  private void add(CapturedTable table) {
    TreeDelta delta = diff.delta(table.tree(), table.tree());
    ChangedRows rows = lately.get(table.tree().ordinal());
    if (rows == null || !rows.isOf(table)) {
      if (lately.size() >= MAX_LATELY) {
        lately.clear();
      }
      rows = new ChangedRows(table, table, delta, diff, emitter, comparator);
      lately.put(table.tree().ordinal(), rows);
    } else {
      rows.begin(delta);
    }
    changed.add(rows);
  }

  private void add(CapturedTable before, CapturedTable after, TreeDelta delta) {
    changed.add(new ChangedRows(before, after, delta, diff, emitter, comparator));
  }

  /** Finds the rows that changed; returns whether they are too many to remember. */
  private boolean collect() {
    if (changed.size() > 1) {
      changed.sort(TableRows.BY_TABLE);
    }
    boolean overfull = false;
    int left = MAX_ADDRESSES;
    for (int i = 0; i < changed.size(); i++) {
      TableRows rows = changed.get(i);
      left -= rows.collect(left);
      overfull |= rows.isOverfull();
    }
    return overfull;
  }
}
