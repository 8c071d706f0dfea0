// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether two images of a row show a user the same values. Give it the {@link #before} and
 * the {@link #after} image, then ask; a record is parsed once, and only if its bytes don't decide.
 *
 * <p>Owned by one thread. Allocates only when it meets another pair of layouts. The arrays given
 * are read until other images are. Every question throws {@link
 * dev.waltap.format.CorruptDatabaseException} for a malformed record.
 */
public final class RowComparator {
  private static final byte[] NOTHING = {};

  private final Image before = new Image();
  private final Image after = new Image();

  private @Nullable TableLayout mappedFrom;
  private @Nullable TableLayout mappedTo;

  /** For each column of {@code mappedTo}, the one that it was in {@code mappedFrom}, or -1. */
  private int[] oldColumns = {};

  /**
   * Says which column is which, until another pair of layouts is compared; columns are matched by
   * name where this does not say.
   *
   * @param sources for each column of the second layout, the one it was in the first; -1 for none
   */
  public void match(TableLayout layout1, TableLayout layout2, int[] sources) {
    if (sources.length != layout2.columnCount()) {
      throw new IllegalArgumentException(layout2 + " has not " + sources.length + " columns");
    }
    mappedFrom = layout1;
    mappedTo = layout2;
    oldColumns = sources.clone();
  }

  /** The row as it was, in the layout of then. */
  public void before(TableLayout layout, long rowid, byte[] payload, int offset, int length) {
    before.set(layout, rowid, payload, offset, length);
  }

  /** The row as it is, in the layout of now. */
  public void after(TableLayout layout, long rowid, byte[] payload, int offset, int length) {
    after.set(layout, rowid, payload, offset, length);
  }

  /**
   * Whether all columns that both layouts name have the same storage class and the same value, and
   * all columns that only the second one names have their default.
   */
  public boolean sameValues() {
    TableLayout layout = after.layout;
    boolean sameLayout = before.layout == layout;
    if (sameLayout
        && (before.rowid == after.rowid || layout.rowidColumn() < 0)
        && before.hasSameBytes(after)) {
      return true;
    }
    RowReader old = before.reader();
    RowReader now = after.reader();
    if (!sameLayout) {
      map(before.layout, layout);
    }
    for (int column = 0; column < layout.columnCount(); column++) {
      int from = sameLayout ? column : oldColumns[column];
      if (from < 0 ? !now.isDefault(column) : !RowReader.sameValue(old, from, now, column)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether consumers key both by the same: whether the columns of the declared primary keys,
   * matched by their place in it, are the same in every byte and type. The rowid stands in for an
   * INTEGER PRIMARY KEY, for a key that is not declared, and for one with NULL in it.
   */
  public boolean sameKey() {
    TableLayout layout1 = before.layout;
    TableLayout layout2 = after.layout;
    if (layout1.keyCount() != layout2.keyCount()) {
      return false;
    }
    boolean null1 = before.hasNullKey();
    boolean null2 = after.hasNullKey();
    if (null1 || null2) {
      return null1 && null2 && before.rowid == after.rowid;
    }
    if (before.isKeyedByRowid() && after.isKeyedByRowid()) {
      return before.rowid == after.rowid;
    }
    for (int i = 0; i < layout1.keyCount(); i++) {
      if (!RowReader.sameValue(
          before.reader(), layout1.keyColumn(i), after.reader(), layout2.keyColumn(i))) {
        return false;
      }
    }
    return true;
  }

  /** Forgets both rows. */
  public void forget() {
    before.forget();
    after.forget();
  }

  private void map(TableLayout from, TableLayout to) {
    if (mappedFrom == from && mappedTo == to) {
      return;
    }
    oldColumns = new int[to.columnCount()];
    for (int column = 0; column < oldColumns.length; column++) {
      oldColumns[column] = from.indexOf(to.column(column).name());
    }
    mappedFrom = from;
    mappedTo = to;
  }

  /** One side: bytes at first, a parsed record once they are looked into. */
  private static final class Image {
    private final RowReader reader = new RowReader();
    private TableLayout layout = RowReader.NONE;
    private long rowid;
    private byte[] payload = NOTHING;
    private int offset;
    private int length;
    private boolean parsed;

    void forget() {
      set(RowReader.NONE, 0, NOTHING, 0, 0);
      reader.forget();
    }

    void set(TableLayout ofTable, long ofRow, byte[] in, int at, int size) {
      layout = ofTable;
      rowid = ofRow;
      payload = in;
      offset = at;
      length = size;
      parsed = false;
    }

    RowReader reader() {
      if (!parsed) {
        reader.wrap(layout, rowid, payload, offset, length);
        parsed = true;
      }
      return reader;
    }

    boolean hasSameBytes(Image that) {
      return Arrays.equals(
          payload, offset, offset + length, that.payload, that.offset, that.offset + that.length);
    }

    boolean isKeyedByRowid() {
      return layout.rowidColumn() >= 0 || layout.keyCount() == 0;
    }

    boolean hasNullKey() {
      if (isKeyedByRowid()) {
        return false;
      }
      for (int i = 0; i < layout.keyCount(); i++) {
        if (reader().storageClass(layout.keyColumn(i)) == StorageClass.NULL) {
          return true;
        }
      }
      return false;
    }
  }
}
