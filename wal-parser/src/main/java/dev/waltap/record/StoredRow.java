// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * One row image: the payload as SQLite stored it, decoded through its table's layout when asked.
 *
 * <p>Immutable, valid for ever, safe to share between threads. Column indexes are those of {@link
 * TableLayout#columns()}; others throw {@link IndexOutOfBoundsException}. Getters throw {@link
 * dev.waltap.format.CorruptDatabaseException} if the record's header is malformed.
 */
public final class StoredRow {

  private final TableLayout layout;
  private final long rowid;
  private final byte[] payload;

  /**
   * Made by the first getter of a row that is not small. Threads may race and make two of the same:
   * the final field in the holder publishes all that its reader has read.
   */
  private @Nullable Decoded decoded;

  private StoredRow(TableLayout layout, long rowid, byte[] payload) {
    this.layout = layout;
    this.rowid = rowid;
    this.payload = payload;
  }

  /**
   * A row of this payload, which nobody may change from now on. Its record must have been checked.
   */
  public static StoredRow owning(TableLayout layout, long rowid, byte[] payload) {
    return new StoredRow(layout, rowid, payload);
  }

  /** The layout of its table, as of its side of the transaction. */
  public TableLayout layout() {
    return layout;
  }

  /** The rowid; without meaning in a WITHOUT ROWID table. */
  public long rowid() {
    return rowid;
  }

  /** The payload's length in bytes, which is nearly all that the row takes in memory. */
  public int payloadLength() {
    return payload.length;
  }

  /** The number of columns. */
  public int size() {
    return layout.columnCount();
  }

  /**
   * Puts a reader on this row: for whoever reads many rows, each once, since the row's own getters
   * make a reader for each of them.
   */
  public void show(RowReader to) {
    to.wrap(layout, rowid, payload, 0, payload.length);
  }

  /** The storage class of a column's value. */
  public StorageClass storageClass(int column) {
    if (!isSmall()) {
      return reader().storageClass(column);
    }
    if (column == layout.rowidColumn()) {
      return StorageClass.INTEGER;
    }
    long field = FieldLookup.find(payload, layout.fieldOf(column));
    if (field == FieldLookup.MISSING) {
      return defaultOf(column).storageClass();
    }
    StorageClass stored = SerialType.storageClass(FieldLookup.type(field));
    return switch (stored) {
      case INTEGER -> layout.column(column).real() ? StorageClass.REAL : stored;
      // SQLite never writes a NaN and reads one as NULL.
      case REAL -> Double.isNaN(realValue(field)) ? StorageClass.NULL : stored;
      default -> stored;
    };
  }

  /** The value of an INTEGER; without meaning for any other storage class. */
  public long longValue(int column) {
    if (!isSmall()) {
      return reader().longValue(column);
    }
    if (column == layout.rowidColumn()) {
      return rowid;
    }
    long field = FieldLookup.find(payload, layout.fieldOf(column));
    return field == FieldLookup.MISSING ? defaultOf(column).longValue() : integerValue(field);
  }

  /** The value of a REAL, or of an INTEGER widened; without meaning for any other. */
  public double doubleValue(int column) {
    if (!isSmall()) {
      return reader().doubleValue(column);
    }
    if (column == layout.rowidColumn()) {
      return rowid;
    }
    long field = FieldLookup.find(payload, layout.fieldOf(column));
    if (field == FieldLookup.MISSING) {
      return defaultOf(column).doubleValue();
    }
    return FieldLookup.type(field) == SerialType.REAL ? realValue(field) : integerValue(field);
  }

  /** The text of a TEXT, malformed bytes as U+FFFD; without meaning for any other. */
  public String text(int column) {
    if (!isSmall()) {
      return reader().text(column);
    }
    Charset charset = layout.encoding().charset();
    long field = FieldLookup.find(payload, layout.fieldOf(column));
    return field == FieldLookup.MISSING
        ? new String(defaultOf(column).sharedBytes(), charset)
        : new String(payload, FieldLookup.offset(field), length(field), charset);
  }

  /** The bytes of a BLOB or of a TEXT as stored, copied; without meaning for any other. */
  public byte[] rawBytes(int column) {
    ByteBuffer bytes = rawBuffer(column);
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  /** What {@link #rawBytes} copies, where it is. */
  public ByteBuffer rawBuffer(int column) {
    if (!isSmall()) {
      RowReader reader = reader();
      return readOnly(reader.bytes(column), reader.bytesOffset(column), reader.bytesLength(column));
    }
    long field = FieldLookup.find(payload, layout.fieldOf(column));
    if (field == FieldLookup.MISSING) {
      byte[] missing = defaultOf(column).sharedBytes();
      return readOnly(missing, 0, missing.length);
    }
    return readOnly(payload, FieldLookup.offset(field), length(field));
  }

  private static ByteBuffer readOnly(byte[] bytes, int offset, int length) {
    return ByteBuffer.wrap(bytes, offset, length).slice().asReadOnlyBuffer();
  }

  /** Whether a field is found faster than a reader is made. */
  private boolean isSmall() {
    return FieldLookup.serves(layout.fieldCount(), payload.length);
  }

  private Value defaultOf(int column) {
    return layout.column(column).defaultValue();
  }

  private long integerValue(long field) {
    return SerialType.longValue((int) FieldLookup.type(field), payload, FieldLookup.offset(field));
  }

  private double realValue(long field) {
    return SerialType.realValue(payload, FieldLookup.offset(field));
  }

  private static int length(long field) {
    return (int) SerialType.size(FieldLookup.type(field));
  }

  /**
   * Whether a column of the declared primary key is NULL.
   *
   * @param by a reader to look with
   */
  public boolean hasNullKey(RowReader by) {
    // A rowid is never NULL; the usual key needs no look into the record, then.
    if (layout.keyCount() == 0 || layout.keyColumn(0) == layout.rowidColumn()) {
      return false;
    }
    show(by);
    boolean hasNull = false;
    for (int i = 0; i < layout.keyCount() && !hasNull; i++) {
      hasNull = by.storageClass(layout.keyColumn(i)) == StorageClass.NULL;
    }
    by.forget();
    return hasNull;
  }

  private RowReader reader() {
    Decoded current = decoded;
    if (current == null) {
      current = new Decoded(new RowReader(layout, rowid, payload));
      decoded = current;
    }
    return current.reader;
  }

  private record Decoded(RowReader reader) {}
}
