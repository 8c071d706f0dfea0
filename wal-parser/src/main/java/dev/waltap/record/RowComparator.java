package dev.waltap.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether two images of a row show a user the same values.
 *
 * <p>Owned by one thread. Allocates only when it meets another pair of layouts. The arrays given
 * are read during the call and not kept for longer than the next one. Every method throws {@link
 * dev.waltap.format.CorruptDatabaseException} for a malformed record.
 */
public final class RowComparator {

  private final RowReader before = new RowReader();
  private final RowReader after = new RowReader();

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

  /**
   * Whether all columns that both layouts name have the same storage class and the same value, and
   * all columns that only the second one names have their default.
   *
   * @param layout1 the table as it was
   * @param layout2 the table as it is
   */
  public boolean sameValues(
      TableLayout layout1,
      long rowid1,
      byte[] payload1,
      int offset1,
      int length1,
      TableLayout layout2,
      long rowid2,
      byte[] payload2,
      int offset2,
      int length2) {
    boolean sameLayout = layout1 == layout2;
    if (sameLayout
        && (rowid1 == rowid2 || layout1.rowidColumn() < 0)
        && Arrays.equals(
            payload1, offset1, offset1 + length1, payload2, offset2, offset2 + length2)) {
      return true;
    }
    before.wrap(layout1, rowid1, payload1, offset1, length1);
    after.wrap(layout2, rowid2, payload2, offset2, length2);
    if (!sameLayout) {
      map(layout1, layout2);
    }
    for (int column = 0; column < layout2.columnCount(); column++) {
      int old = sameLayout ? column : oldColumns[column];
      if (old < 0 ? !after.isDefault(column) : !RowReader.sameValue(before, old, after, column)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether the columns of the declared primary keys, matched by their place in it, are the same in
   * every byte and type; the rowid stands in for an INTEGER PRIMARY KEY and for a key that is not
   * declared.
   */
  public boolean sameKey(
      TableLayout layout1,
      long rowid1,
      byte[] payload1,
      int offset1,
      int length1,
      TableLayout layout2,
      long rowid2,
      byte[] payload2,
      int offset2,
      int length2) {
    if (layout1.keyCount() != layout2.keyCount()) {
      return false;
    }
    if (byRowid(layout1) && byRowid(layout2)) {
      return rowid1 == rowid2;
    }
    before.wrap(layout1, rowid1, payload1, offset1, length1);
    after.wrap(layout2, rowid2, payload2, offset2, length2);
    for (int i = 0; i < layout1.keyCount(); i++) {
      if (!RowReader.sameValue(before, layout1.keyColumn(i), after, layout2.keyColumn(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a column of the declared primary key is NULL, so that only its rowid names the row. */
  public boolean hasNullKey(
      TableLayout layout, long rowid, byte[] payload, int offset, int length) {
    if (byRowid(layout)) {
      return false;
    }
    after.wrap(layout, rowid, payload, offset, length);
    for (int i = 0; i < layout.keyCount(); i++) {
      if (after.storageClass(layout.keyColumn(i)) == StorageClass.NULL) {
        return true;
      }
    }
    return false;
  }

  private static boolean byRowid(TableLayout layout) {
    return layout.rowidColumn() >= 0 || layout.keyCount() == 0;
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
}
