// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;

/**
 * One row image: the payload as SQLite stored it, decoded through its table's layout when asked.
 *
 * <p>Immutable, valid for ever, safe to share between threads. Column indexes are those of {@link
 * TableLayout#columns()}; others throw {@link IndexOutOfBoundsException}. Getters throw {@link
 * dev.waltap.format.CorruptDatabaseException} if the record's header is malformed.
 *
 * <p>An interface, so that a row that says more than this need not be another object beside it.
 */
public interface StoredRow {

  /**
   * A row of this payload, which nobody may change from now on. Its record must have been checked.
   */
  static StoredRow owning(TableLayout layout, long rowid, byte[] payload) {
    return new OwnedRow(layout, rowid, payload);
  }

  /** The layout of its table, as of its side of the transaction. */
  TableLayout layout();

  /** The rowid; without meaning in a WITHOUT ROWID table. */
  long rowid();

  /** The payload, which nobody may change. */
  byte[] payload();

  /** A reader on this row, made by the first getter of a row that is not small, and kept. */
  RowReader reader();

  /** The payload's length in bytes, which is nearly all that the row takes in memory. */
  default int payloadLength() {
    return payload().length;
  }

  /**
   * Puts a reader on this row: for whoever reads many rows, each once, since the row's own getters
   * make a reader for each of them.
   */
  default void show(RowReader to) {
    to.wrap(layout(), rowid(), payload(), 0, payload().length);
  }

  /** The storage class of a column's value. */
  default StorageClass valueClass(int column) {
    if (column == layout().rowidColumn()) {
      return StorageClass.INTEGER;
    }
    return isSmall() ? lookUpClass(column) : reader().storageClass(column);
  }

  private StorageClass lookUpClass(int column) {
    long field = FieldLookup.find(payload(), layout().fieldOf(column));
    if (field == FieldLookup.MISSING) {
      return defaultOf(column).storageClass();
    }
    StorageClass stored = SerialType.storageClass(FieldLookup.type(field));
    return switch (stored) {
      case INTEGER -> layout().column(column).real() ? StorageClass.REAL : stored;
      // SQLite never writes a NaN and reads one as NULL.
      case REAL -> Double.isNaN(realValue(field)) ? StorageClass.NULL : stored;
      default -> stored;
    };
  }

  /** The value of an INTEGER; without meaning for any other storage class. */
  default long longValue(int column) {
    if (column == layout().rowidColumn()) {
      return rowid();
    }
    if (!isSmall()) {
      return reader().longValue(column);
    }
    long field = FieldLookup.find(payload(), layout().fieldOf(column));
    return field == FieldLookup.MISSING ? defaultOf(column).longValue() : integerValue(field);
  }

  /** The value of a REAL, or of an INTEGER widened; without meaning for any other. */
  default double doubleValue(int column) {
    if (column == layout().rowidColumn()) {
      return rowid();
    }
    if (!isSmall()) {
      return reader().doubleValue(column);
    }
    long field = FieldLookup.find(payload(), layout().fieldOf(column));
    if (field == FieldLookup.MISSING) {
      return defaultOf(column).doubleValue();
    }
    return FieldLookup.type(field) == SerialType.REAL ? realValue(field) : integerValue(field);
  }

  /** The text of a TEXT, malformed bytes as U+FFFD; without meaning for any other. */
  default String text(int column) {
    if (!isSmall()) {
      return reader().text(column);
    }
    Charset charset = layout().encoding().charset();
    long field = FieldLookup.find(payload(), layout().fieldOf(column));
    return field == FieldLookup.MISSING
        ? new String(defaultOf(column).sharedBytes(), charset)
        : new String(payload(), FieldLookup.offset(field), length(field), charset);
  }

  /** The bytes of a BLOB or of a TEXT as stored, copied; without meaning for any other. */
  default byte[] rawBytes(int column) {
    ByteBuffer bytes = rawBuffer(column);
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  /** What {@link #rawBytes} copies, where it is. */
  default ByteBuffer rawBuffer(int column) {
    if (!isSmall()) {
      RowReader reader = reader();
      return readOnly(reader.bytes(column), reader.bytesOffset(column), reader.bytesLength(column));
    }
    long field = FieldLookup.find(payload(), layout().fieldOf(column));
    if (field == FieldLookup.MISSING) {
      byte[] missing = defaultOf(column).sharedBytes();
      return readOnly(missing, 0, missing.length);
    }
    return readOnly(payload(), FieldLookup.offset(field), length(field));
  }

  private static ByteBuffer readOnly(byte[] bytes, int offset, int length) {
    return ByteBuffer.wrap(bytes, offset, length).slice().asReadOnlyBuffer();
  }

  /** Whether a field is found faster than a reader is made. */
  private boolean isSmall() {
    return FieldLookup.serves(layout().fieldCount(), payload().length);
  }

  private Value defaultOf(int column) {
    return layout().column(column).defaultValue();
  }

  private long integerValue(long field) {
    int offset = FieldLookup.offset(field);
    return SerialType.longValue((int) FieldLookup.type(field), payload(), offset);
  }

  private double realValue(long field) {
    return SerialType.realValue(payload(), FieldLookup.offset(field));
  }

  private static int length(long field) {
    return (int) SerialType.size(FieldLookup.type(field));
  }

  /** Whether a column of the declared primary key is NULL. */
  default boolean hasNullKey() {
    TableLayout layout = layout();
    for (int i = 0; i < layout.keyCount(); i++) {
      if (keyClass(layout.keyColumn(i)) == StorageClass.NULL) {
        return true;
      }
    }
    return false;
  }

  /** No reader is made for a key, if the field can be found without one, however slowly. */
  private StorageClass keyClass(int column) {
    return column != layout().rowidColumn() && FieldLookup.reaches(payload().length)
        ? lookUpClass(column)
        : valueClass(column);
  }
}
