// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.Varint;
import java.util.Arrays;

/**
 * A flyweight over one record: a row's or an index entry's payload, made whole.
 *
 * <pre>
 *   OFFSET   SIZE     MEANING
 *   0        varint   H: bytes of the header, this varint among them
 *   ..H      varint   the serial type of each field, see {@link SerialType}
 *   H..      ...      the fields' bodies, one after the other, to the end
 * </pre>
 *
 * <p>{@link #wrap} reads the whole header; after that all getters are plain array reads. Nothing is
 * allocated but when a record has more fields than any before. Owned by one thread; the wrapped
 * array is read, never written, and must not change while it is wrapped. Field indexes run from 0
 * to {@code fieldCount() - 1}; others are not checked beyond what the arrays do.
 */
public final class RecordReader {

  /** More fields than any build of SQLite can write, so that garbage does not eat the heap. */
  private static final int MAX_FIELDS = 1 << 16;

  /** A longer header is corrupt to SQLite, too: it holds 32,767 columns of nine bytes' types. */
  private static final int MAX_HEADER = 98307;

  private static final byte[] NOTHING = {};

  private byte[] payload = NOTHING;
  private int fieldCount;

  /** Serial types 0..11, and 12 or 13 for every BLOB and TEXT: the length is in the offsets. */
  private byte[] kinds;

  /** Where each body begins in the payload; one more for the end. */
  private int[] starts;

  public RecordReader() {
    this(16);
  }

  RecordReader(int capacity) {
    kinds = new byte[capacity];
    starts = new int[capacity + 1];
  }

  /**
   * Reads the header of the record at {@code offset}.
   *
   * @param length the whole length of the payload, overflow pages included
   * @throws CorruptDatabaseException if the header and the payload do not fit each other, in ways
   *     that SQLite takes for corruption as well
   */
  public void wrap(byte[] payload, int offset, int length) {
    wrap(payload, offset, length, Integer.MAX_VALUE);
  }

  /**
   * As {@link #wrap(byte[], int, int)}, reading no more than the leading fields asked for. Of the
   * payload, the array must hold the header; of fields behind that, {@link #fieldCount} and their
   * storage classes, if they are no reals, can be asked for.
   */
  public void wrap(byte[] payload, int offset, int length, int fields) {
    this.payload = payload;
    this.fieldCount = 0;
    this.starts[0] = offset;
    int end = offset + length;
    int pos = offset + sizeWithin(payload, offset, end);
    long headerSize = Varint.value(payload, offset);
    if (headerSize == 0) {
      return; // SQLite takes this for a row with none of its columns, and looks at nothing else.
    }
    if (headerSize < pos - offset || headerSize > Math.min(length, MAX_HEADER)) {
      throw corrupt("header of " + headerSize + " bytes in a payload of " + length);
    }
    int headerEnd = offset + (int) headerSize;
    long body = headerEnd;
    int count = 0;
    while (pos < headerEnd && count < fields) {
      long type = payload[pos];
      if (type >= 0) {
        pos++;
      } else {
        int size = sizeWithin(payload, pos, headerEnd);
        type = Varint.value(payload, pos);
        pos += size;
      }
      if (count == kinds.length) {
        grow();
      }
      kinds[count] = (byte) (type < SerialType.BLOB ? type : SerialType.BLOB + (type & 1));
      starts[count++] = (int) body;
      body += SerialType.size(type);
      if (body > end) {
        throw corrupt("field " + (count - 1) + " ends past the payload of " + length + " bytes");
      }
    }
    if (pos == headerEnd && body != end) {
      throw corrupt((end - body) + " bytes of the payload belong to no field");
    }
    starts[count] = (int) body;
    fieldCount = count;
  }

  /**
   * Whether {@link #wrap(byte[], int, int, int)} would read the record, at a glance at its header:
   * most records have a short one. False says nothing.
   *
   * @param length the whole length of the payload, which the array must hold
   */
  public static boolean isSurelySound(byte[] payload, int offset, int length, int fields) {
    int headerSize = length == 0 ? 0 : payload[offset];
    if (headerSize <= 0 || headerSize > length) {
      return false; // Of several bytes, none at all, or too large.
    }
    int headerEnd = offset + headerSize;
    int pos = offset + 1;
    int size = headerSize;
    for (int i = 0; i < fields && pos < headerEnd; i++) {
      int type = payload[pos++];
      if (type < 0) {
        int next = pos < headerEnd ? payload[pos++] : -1;
        if (next < 0) {
          return false; // A value of more than 8 KiB.
        }
        type = (type & 0x7f) << 7 | next;
      }
      size += SerialType.size(type);
    }
    return pos == headerEnd ? size == length : size <= length;
  }

  /**
   * How many leading bytes of a record must be at hand for {@link #wrap(byte[], int, int, int)} and
   * then its leading fields to be read. More than are at hand means: ask again with so many. A
   * malformed record takes no more than there is; reading it says what is wrong.
   *
   * @param available bytes at hand; a varint at least
   * @param length the whole length of the payload
   */
  static int extent(byte[] payload, int offset, int available, int length, int fields) {
    int pos = offset + sizeWithin(payload, offset, offset + available);
    long headerSize = Varint.value(payload, offset);
    if (headerSize < pos - offset || headerSize > Math.min(length, MAX_HEADER)) {
      return available;
    }
    if (headerSize > available) {
      return (int) headerSize;
    }
    int headerEnd = offset + (int) headerSize;
    long end = headerSize;
    for (int i = 0; i < fields && pos < headerEnd && end <= length; i++) {
      int size = sizeWithin(payload, pos, headerEnd);
      end += SerialType.size(Varint.value(payload, pos));
      pos += size;
    }
    return (int) Math.min(end, length);
  }

  /** Forgets the wrapped array. */
  void forget() {
    payload = NOTHING;
    fieldCount = 0;
  }

  /** The number of fields, which may be fewer than the table has columns. */
  public int fieldCount() {
    return fieldCount;
  }

  /** The serial type of the field, as the header has it. */
  public long serialType(int field) {
    int kind = kinds[field];
    return kind < SerialType.BLOB ? kind : kind + 2L * bytesLength(field);
  }

  /** The storage class of the field's value. */
  public StorageClass storageClass(int field) {
    return switch (kinds[field]) {
      case SerialType.NULL, SerialType.RESERVED, SerialType.RESERVED + 1 -> StorageClass.NULL;
      // SQLite never writes a NaN and reads one as NULL.
      case SerialType.REAL ->
          Double.isNaN(doubleValue(field)) ? StorageClass.NULL : StorageClass.REAL;
      case SerialType.BLOB -> StorageClass.BLOB;
      case SerialType.TEXT -> StorageClass.TEXT;
      default -> StorageClass.INTEGER;
    };
  }

  /** The value of an INTEGER; without meaning for any other storage class. */
  public long longValue(int field) {
    return SerialType.longValue(kinds[field], payload, starts[field]);
  }

  /** The value of a REAL, or of an INTEGER widened; without meaning for any other. */
  public double doubleValue(int field) {
    return kinds[field] == SerialType.REAL
        ? SerialType.realValue(payload, starts[field])
        : longValue(field);
  }

  /** Where the field's body begins in the wrapped array. */
  public int bytesOffset(int field) {
    return starts[field];
  }

  /** The length in bytes of the field's body. */
  public int bytesLength(int field) {
    return starts[field + 1] - starts[field];
  }

  /** The wrapped array. */
  byte[] payload() {
    return payload;
  }

  /** Whether two fields have the same type and the same bytes, which makes them the same value. */
  static boolean sameBytes(RecordReader a, int fieldOfA, RecordReader b, int fieldOfB) {
    return a.kinds[fieldOfA] == b.kinds[fieldOfB]
        && Arrays.equals(
            a.payload,
            a.starts[fieldOfA],
            a.starts[fieldOfA + 1],
            b.payload,
            b.starts[fieldOfB],
            b.starts[fieldOfB + 1]);
  }

  private void grow() {
    if (kinds.length >= MAX_FIELDS) {
      throw corrupt("more than " + MAX_FIELDS + " fields");
    }
    int capacity = Math.max(16, kinds.length * 2);
    kinds = Arrays.copyOf(kinds, capacity);
    starts = Arrays.copyOf(starts, capacity + 1);
  }

  /**
   * Whether a record begins with the size of a header, of which all is at hand.
   *
   * @param available bytes at hand
   */
  static boolean hasHeader(byte[] payload, int offset, int available) {
    if (available == 0) {
      return false;
    }
    int size = sizeWithin(payload, offset, offset + available);
    long headerSize = Varint.value(payload, offset);
    return headerSize > size && headerSize <= available;
  }

  /** The size of the varint at {@code off}, which must end before {@code limit}. */
  static int sizeWithin(byte[] b, int off, int limit) {
    for (int i = off; i < limit && i < off + 9; i++) {
      if (b[i] >= 0 || i == off + 8) {
        return i - off + 1;
      }
    }
    throw corrupt("a varint runs past its end");
  }

  private static CorruptDatabaseException corrupt(String fault) {
    return new CorruptDatabaseException("record: " + fault);
  }
}
