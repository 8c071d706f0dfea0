// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import java.nio.ByteBuffer;
import java.util.Arrays;
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
   * Made by the first getter. Threads may race and make two of the same: the final field in the
   * holder publishes all that its reader has read.
   */
  private @Nullable Decoded decoded;

  private StoredRow(TableLayout layout, long rowid, byte[] payload) {
    this.layout = layout;
    this.rowid = rowid;
    this.payload = payload;
  }

  /** A row of this payload, which nobody may change from now on. */
  public static StoredRow owning(TableLayout layout, long rowid, byte[] payload) {
    return new StoredRow(layout, rowid, payload);
  }

  /** A row of a copy of this payload. */
  public static StoredRow copyOf(
      TableLayout layout, long rowid, byte[] payload, int offset, int length) {
    return new StoredRow(layout, rowid, Arrays.copyOfRange(payload, offset, offset + length));
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
    return reader().storageClass(column);
  }

  /** The value of an INTEGER; without meaning for any other storage class. */
  public long longValue(int column) {
    return reader().longValue(column);
  }

  /** The value of a REAL, or of an INTEGER widened; without meaning for any other. */
  public double doubleValue(int column) {
    return reader().doubleValue(column);
  }

  /** The text of a TEXT, malformed bytes as U+FFFD; without meaning for any other. */
  public String text(int column) {
    return reader().text(column);
  }

  /** The bytes of a BLOB or of a TEXT as stored, copied; without meaning for any other. */
  public byte[] rawBytes(int column) {
    RowReader reader = reader();
    int offset = reader.bytesOffset(column);
    return Arrays.copyOfRange(reader.bytes(column), offset, offset + reader.bytesLength(column));
  }

  /** What {@link #rawBytes} copies, where it is. */
  public ByteBuffer rawBuffer(int column) {
    RowReader reader = reader();
    return ByteBuffer.wrap(
            reader.bytes(column), reader.bytesOffset(column), reader.bytesLength(column))
        .slice()
        .asReadOnlyBuffer();
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
