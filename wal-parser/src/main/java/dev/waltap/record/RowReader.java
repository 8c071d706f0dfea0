// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import dev.waltap.format.TextEncoding;
import java.util.Arrays;
import java.util.List;

/**
 * A flyweight over one row: a record read through its table's layout, so that columns have the
 * values a user sees. {@link StoredRow#show} puts it on a row; after that all getters are array
 * reads, and nothing is allocated. Owned by one thread, like the {@link RecordReader} in it. Column
 * indexes are those of {@link TableLayout#columns()}.
 */
public final class RowReader {

  /** A table without columns. */
  static final TableLayout NONE = TableLayout.rowidTable("", 0, TextEncoding.UTF_8, List.of(), -1);

  private final RecordReader record;
  private TableLayout layout = NONE;
  private long rowid;

  /** A reader that shows no row yet. */
  public RowReader() {
    this.record = new RecordReader();
  }

  RowReader(TableLayout layout, long rowid, byte[] payload) {
    this.record = new RecordReader(layout.fieldCount());
    wrap(layout, rowid, payload, 0, payload.length);
  }

  void wrap(TableLayout layout, long rowid, byte[] payload, int offset, int length) {
    this.layout = layout;
    this.rowid = rowid;
    // What a record has behind its table's columns, SQLite does not look at.
    record.wrap(payload, offset, length, layout.fieldCount());
  }

  /** Forgets the row, which may be large. */
  public void forget() {
    record.forget();
  }

  /** The storage class of a column's value. */
  public StorageClass storageClass(int column) {
    if (column == layout.rowidColumn()) {
      return StorageClass.INTEGER;
    }
    int field = layout.fieldOf(column);
    if (field >= record.fieldCount()) {
      return layout.column(column).defaultValue().storageClass();
    }
    StorageClass stored = record.storageClass(field);
    return stored == StorageClass.INTEGER && layout.column(column).real()
        ? StorageClass.REAL
        : stored;
  }

  /** The value of an INTEGER; without meaning for any other storage class. */
  public long longValue(int column) {
    if (column == layout.rowidColumn()) {
      return rowid;
    }
    int field = layout.fieldOf(column);
    return field >= record.fieldCount()
        ? layout.column(column).defaultValue().longValue()
        : record.longValue(field);
  }

  /** The value of a REAL, or of an INTEGER widened; without meaning for any other. */
  public double doubleValue(int column) {
    if (column == layout.rowidColumn()) {
      return rowid;
    }
    int field = layout.fieldOf(column);
    return field >= record.fieldCount()
        ? layout.column(column).defaultValue().doubleValue()
        : record.doubleValue(field);
  }

  /**
   * The array that holds the bytes of a TEXT, in the database's encoding, or of a BLOB: the
   * payload, or the default's. To be read only.
   */
  public byte[] bytes(int column) {
    return missing(column) ? layout.column(column).defaultValue().sharedBytes() : record.payload();
  }

  /** Where they begin in that array. */
  public int bytesOffset(int column) {
    return missing(column) ? 0 : record.bytesOffset(layout.fieldOf(column));
  }

  /** How many they are. */
  public int bytesLength(int column) {
    return missing(column)
        ? layout.column(column).defaultValue().sharedBytes().length
        : record.bytesLength(layout.fieldOf(column));
  }

  /** Whether a column has its default value. */
  boolean isDefault(int column) {
    Value value = layout.column(column).defaultValue();
    StorageClass storageClass = storageClass(column);
    if (storageClass != value.storageClass()) {
      return false;
    }
    byte[] wanted = value.sharedBytes();
    int offset = bytesOffset(column);
    return switch (storageClass) {
      case NULL -> true;
      case INTEGER -> longValue(column) == value.longValue();
      case REAL -> sameBits(doubleValue(column), value.doubleValue());
      case TEXT, BLOB ->
          Arrays.equals(
              bytes(column), offset, offset + bytesLength(column), wanted, 0, wanted.length);
    };
  }

  /** Whether two columns show a user the same value of the same storage class. */
  static boolean sameValue(RowReader a, int columnOfA, RowReader b, int columnOfB) {
    if (a.hasSameField(columnOfA, b, columnOfB)) {
      return true;
    }
    StorageClass storageClass = a.storageClass(columnOfA);
    if (storageClass != b.storageClass(columnOfB)) {
      return false;
    }
    return switch (storageClass) {
      case NULL -> true;
      case INTEGER -> a.longValue(columnOfA) == b.longValue(columnOfB);
      case REAL -> sameBits(a.doubleValue(columnOfA), b.doubleValue(columnOfB));
      case TEXT ->
          a.layout.encoding() == b.layout.encoding()
              ? a.hasSameBytes(columnOfA, b, columnOfB)
              : a.text(columnOfA).equals(b.text(columnOfB));
      case BLOB -> a.hasSameBytes(columnOfA, b, columnOfB);
    };
  }

  /** The text of a TEXT, malformed bytes as U+FFFD. */
  public String text(int column) {
    return new String(
        bytes(column), bytesOffset(column), bytesLength(column), layout.encoding().charset());
  }

  /** The short way for what nearly all columns of nearly all changed rows are: the same bytes. */
  private boolean hasSameField(int column, RowReader that, int columnOfThat) {
    return layout == that.layout
        && column == columnOfThat
        && !missing(column)
        && !that.missing(column)
        && RecordReader.sameBytes(
            record, layout.fieldOf(column), that.record, layout.fieldOf(column))
        && (column != layout.rowidColumn() || rowid == that.rowid);
  }

  private boolean hasSameBytes(int column, RowReader that, int columnOfThat) {
    int offset = bytesOffset(column);
    int offsetOfThat = that.bytesOffset(columnOfThat);
    return Arrays.equals(
        bytes(column),
        offset,
        offset + bytesLength(column),
        that.bytes(columnOfThat),
        offsetOfThat,
        offsetOfThat + that.bytesLength(columnOfThat));
  }

  private boolean missing(int column) {
    return layout.fieldOf(column) >= record.fieldCount();
  }

  private static boolean sameBits(double a, double b) {
    return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
  }
}
