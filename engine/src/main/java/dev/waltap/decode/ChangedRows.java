// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.api.Operation;
import dev.waltap.diff.RowCursor;
import dev.waltap.diff.RowSink;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.diff.TreeDelta;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.record.RowComparator;
import dev.waltap.record.TableLayout;

/**
 * The rows of one table that a transaction changed: the delta of its tree, and the addresses of the
 * rows that changed. A row counts as changed when its values did, not just its bytes; one whose key
 * changed is a DELETE and an INSERT. When there are too many rows to remember their addresses, the
 * tree is walked again for each operation instead. Used again. For the capture thread.
 */
final class ChangedRows implements TableRows, RowSink {
  /** Bytes of a row that is not put together just to be compared. */
  private static final int LARGE = 64 << 10;

  private static final int[] NO_SOURCES = {};

  private final CapturedTable before;
  private final CapturedTable after;
  private final TransactionDiff diff;
  private final Emitter emitter;
  private final RowComparator comparator;
  private final boolean sameSchema;
  private final RowMatching matching;
  private final int[] sources;
  private final RowAddresses deleted = new RowAddresses();
  private final RowAddresses updated = new RowAddresses();
  private final RowAddresses inserted = new RowAddresses();
  private final Runnable again = this::forget;
  private TreeDelta delta;
  private int maxAddresses;
  private boolean overfull;
  private boolean walking;
  private Operation wanted = Operation.DELETE;

  /**
   * The changed rows of a table.
   *
   * @param before the table as it was; the same as {@code after} where that does not matter
   */
  @SuppressWarnings("ReferenceEquality") // Another version of the table is another object.
  ChangedRows(
      CapturedTable before,
      CapturedTable after,
      TreeDelta delta,
      TransactionDiff diff,
      Emitter emitter,
      RowComparator comparator) {
    this.before = before;
    this.after = after;
    this.delta = delta;
    this.diff = diff;
    this.emitter = emitter;
    this.comparator = comparator;
    this.sameSchema = before == after;
    this.matching = sameSchema ? after.matching() : RowMatching.of(before.layout(), after.layout());
    this.sources = sameSchema ? NO_SOURCES : SchemaStep.mapping(before, after).sources();
  }

  /** Whether these are the rows of this very version of a table, before and after. */
  @SuppressWarnings("ReferenceEquality") // Another version of the table is another object.
  boolean isOf(CapturedTable table) {
    return sameSchema && after == table;
  }

  /** Serves another transaction, of which this is the delta. */
  void begin(TreeDelta of) {
    forget();
    delta = of;
    walking = false;
  }

  private void forget() {
    deleted.clear();
    updated.clear();
    inserted.clear();
    overfull = false;
  }

  @Override
  public String table() {
    return after.name();
  }

  @Override
  public int collect(int max) {
    maxAddresses = max;
    rows();
    return deleted.size() + updated.size() / 2 + inserted.size();
  }

  private void rows() {
    if (!sameSchema) {
      comparator.match(before.layout(), after.layout(), sources);
    }
    matching.rows(diff, delta, this, again);
  }

  @Override
  public boolean isOverfull() {
    return overfull;
  }

  @Override
  public void emit(Operation operation, boolean walkAgain) {
    wanted = operation;
    if (walkAgain) {
      walking = true;
      rows();
      return;
    }
    switch (operation) {
      case DELETE -> {
        for (int i = 0; i < deleted.size(); i++) {
          emitDelete(diff.before(delta, deleted.get(i)));
        }
      }
      case UPDATE -> {
        for (int i = 0; i < updated.size(); i += 2) {
          emitUpdate(diff.before(delta, updated.get(i)), diff.after(delta, updated.get(i + 1)));
        }
      }
      case INSERT -> {
        for (int i = 0; i < inserted.size(); i++) {
          emitInsert(diff.after(delta, inserted.get(i)));
        }
      }
      default -> throw new IllegalArgumentException(operation.name());
    }
  }

  @Override
  public void deleted(RowCursor row) {
    if (!walking) {
      before.check(row);
      remember(deleted, row);
    } else if (wanted == Operation.DELETE) {
      emitDelete(row);
    }
  }

  @Override
  public void inserted(RowCursor row) {
    if (!walking) {
      after.check(row);
      remember(inserted, row);
    } else if (wanted == Operation.INSERT) {
      emitInsert(row);
    }
  }

  @Override
  public void updated(RowCursor was, RowCursor is) {
    try {
      compare(was, is);
    } catch (CorruptDatabaseException e) {
      before.check(was); // These say where it is.
      after.check(is);
      throw e;
    }
  }

  private void compare(RowCursor was, RowCursor is) {
    boolean large = was.payloadSize() >= LARGE || is.payloadSize() >= LARGE;
    if (large && isSureUpdate(was, is)) {
      update(was, is);
      return;
    }
    comparator.before(
        before.layout(), was.rowid(), was.payload(), was.payloadOffset(), was.payloadSize());
    comparator.after(
        after.layout(), is.rowid(), is.payload(), is.payloadOffset(), is.payloadSize());
    boolean same = comparator.sameValues();
    boolean rekeyed = !same && !comparator.sameKey();
    if (large) {
      comparator.forget();
    }
    if (rekeyed) {
      deleted(was);
      inserted(is);
    } else if (!same) {
      update(was, is);
    }
  }

  /** Whether a change is known for one of values under the same key with no row put together. */
  @SuppressWarnings("ReferenceEquality") // Another version of the layout is another object.
  private boolean isSureUpdate(RowCursor was, RowCursor is) {
    TableLayout layout = before.layout();
    boolean keyedByRowid = layout.rowidColumn() >= 0 || layout.keyCount() == 0;
    return keyedByRowid
        && !layout.withoutRowid()
        && layout == after.layout()
        && was.surelyDiffersFrom(is, layout);
  }

  private void update(RowCursor was, RowCursor is) {
    if (!walking) {
      remember(updated, was);
      remember(updated, is);
    } else if (wanted == Operation.UPDATE) {
      emitUpdate(was, is);
    }
  }

  private void remember(RowAddresses addresses, RowCursor row) {
    emitter.keepUp();
    if (addresses.size() >= maxAddresses) {
      overfull = true;
    } else {
      addresses.add(row.address());
    }
  }

  private void emitDelete(RowCursor row) {
    if (emitter.emits(after)) {
      emitter.makeRoom(row.payloadSize());
      emitter.delete(after, before.stored(row));
    } else {
      emitter.skip(1);
    }
  }

  private void emitUpdate(RowCursor was, RowCursor is) {
    if (emitter.emits(after)) {
      emitter.makeRoom((long) was.payloadSize() + is.payloadSize());
      emitter.update(after, before.stored(was), after.stored(is));
    } else {
      emitter.skip(1);
    }
  }

  private void emitInsert(RowCursor row) {
    if (emitter.emits(after)) {
      emitter.makeRoom(row.payloadSize());
      emitter.insert(after, after.stored(row));
    } else {
      emitter.skip(1);
    }
  }
}
