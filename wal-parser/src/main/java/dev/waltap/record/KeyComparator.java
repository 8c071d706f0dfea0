// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import dev.waltap.format.TextEncoding;
import java.util.Arrays;

/**
 * The b-tree order of a WITHOUT ROWID table's rows: by the leading fields of their records, as
 * SQLite's {@code sqlite3VdbeRecordCompare} has it.
 *
 * <p>Owned by one thread; allocates nothing.
 */
public final class KeyComparator implements KeyOrder {

  private final TableLayout layout;
  private final boolean known;
  private final RecordReader left = new RecordReader();
  private final RecordReader right = new RecordReader();
  private final FoldedText text = new FoldedText();

  /** An order for the rows of this table. */
  public KeyComparator(TableLayout layout) {
    this.layout = layout;
    boolean allKnown = layout.withoutRowid();
    for (int i = 0; i < layout.keyFields(); i++) {
      allKnown &= layout.keyField(i).collation() != Collation.UNKNOWN;
    }
    this.known = allKnown;
  }

  /**
   * Whether the order can be known here; else {@link #compare} takes text under the application's
   * own collations for BINARY, which is a total order but not the b-tree's.
   */
  public boolean known() {
    return known;
  }

  @Override
  public int extent(byte[] payload, int offset, int available, int length) {
    return RecordReader.extent(payload, offset, available, length, layout.keyFields());
  }

  /**
   * Compares the keys of two records: negative, 0 or positive. The lengths are those of the whole
   * payloads, of which the arrays may hold no more than {@link #extent} says.
   *
   * @throws dev.waltap.format.CorruptDatabaseException if either is malformed
   */
  @Override
  public int compare(
      byte[] payload1, int offset1, int length1, byte[] payload2, int offset2, int length2) {
    int fields = layout.keyFields();
    left.wrap(payload1, offset1, length1, fields);
    right.wrap(payload2, offset2, length2, fields);
    int common = Math.min(left.fieldCount(), right.fieldCount());
    for (int i = 0; i < common; i++) {
      KeyField field = layout.keyField(i);
      int order = compareField(i, field.collation());
      if (order != 0) {
        return field.descending() ? -order : order;
      }
    }
    return Integer.compare(left.fieldCount(), right.fieldCount());
  }

  private int compareField(int field, Collation collation) {
    StorageClass a = left.storageClass(field);
    StorageClass b = right.storageClass(field);
    if (rank(a) != rank(b)) {
      return rank(a) < rank(b) ? -1 : 1;
    }
    return switch (a) {
      case NULL -> 0;
      case INTEGER ->
          b == StorageClass.INTEGER
              ? Long.compare(left.longValue(field), right.longValue(field))
              : compareExactly(left.longValue(field), right.doubleValue(field));
      case REAL ->
          b == StorageClass.REAL
              ? compareReals(left.doubleValue(field), right.doubleValue(field))
              : -compareExactly(right.longValue(field), left.doubleValue(field));
      case TEXT -> compareText(field, collation);
      case BLOB -> compareBytes(field);
    };
  }

  private static int rank(StorageClass storageClass) {
    return switch (storageClass) {
      case NULL -> 0;
      case INTEGER, REAL -> 1;
      case TEXT -> 2;
      case BLOB -> 3;
    };
  }

  private int compareText(int field, Collation collation) {
    TextEncoding encoding = layout.encoding();
    return switch (collation) {
      case BINARY, UNKNOWN -> compareBytes(field);
      case NOCASE -> text.compareNoCase(encoding, left, right, field);
      case RTRIM -> text.compareTrimmed(encoding, left, right, field);
    };
  }

  private int compareBytes(int field) {
    int from1 = left.bytesOffset(field);
    int from2 = right.bytesOffset(field);
    return Arrays.compareUnsigned(
        left.payload(),
        from1,
        from1 + left.bytesLength(field),
        right.payload(),
        from2,
        from2 + right.bytesLength(field));
  }

  /** Unlike {@link Double#compare}: -0.0 and 0.0 are one key. NaN does not come here. */
  private static int compareReals(double a, double b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /** Without the loss of widening a large integer to a double: {@code sqlite3IntFloatCompare}. */
  static int compareExactly(long a, double b) {
    if (b < -0x1p63) {
      return 1;
    }
    if (b >= 0x1p63) {
      return -1;
    }
    long whole = (long) b;
    return a != whole ? Long.compare(a, whole) : compareReals((double) a, b);
  }
}
