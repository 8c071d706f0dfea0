// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import dev.waltap.format.Varint;

/**
 * Finds out whether the values of two rows of one layout differ when they are too large to be put
 * together for that: by their headers, and by where their bytes begin to differ. For one thread.
 */
public final class RecordDifference {
  private final RowReader before = new RowReader();
  private final RowReader after = new RowReader();
  private int field;
  private boolean sure;
  private long endBefore;
  private long endAfter;

  /** How many leading bytes of a record its header takes; see {@link KeyComparator#extent}. */
  public static int headerExtent(byte[] payload, int offset, int available, int length) {
    return RecordReader.extent(payload, offset, available, length, 0);
  }

  /** Whether a record has a header, of which all is among the bytes at hand. */
  public static boolean hasHeader(byte[] payload, int offset, int available) {
    return RecordReader.hasHeader(payload, offset, available);
  }

  /**
   * Finds the first field that differs. The arrays must hold the headers, see {@link #hasHeader}.
   *
   * @param columns how many leading fields are those of columns
   * @param same how many leading bytes of the records are the same
   * @throws dev.waltap.format.CorruptDatabaseException if a header is malformed
   */
  public void find(byte[] a, int offsetA, byte[] b, int offsetB, int columns, long same) {
    endBefore = Varint.value(a, offsetA);
    endAfter = Varint.value(b, offsetB);
    int headerEndA = offsetA + (int) endBefore;
    int headerEndB = offsetB + (int) endAfter;
    int atA = offsetA + Varint.size(a, offsetA);
    int atB = offsetB + Varint.size(b, offsetB);
    boolean sameHeader = same >= endBefore;
    sure = false;
    for (field = 0; field < columns && atA < headerEndA && atB < headerEndB; field++) {
      int nextA = atA + RecordReader.sizeWithin(a, atA, headerEndA);
      int nextB = atB + RecordReader.sizeWithin(b, atB, headerEndB);
      long typeA = Varint.value(a, atA);
      long typeB = Varint.value(b, atB);
      endBefore += SerialType.size(typeA);
      endAfter += SerialType.size(typeB);
      if (typeA != typeB || (sameHeader && same < endBefore)) {
        // Text or bytes of another length or with another byte; a number may be stored in two ways.
        sure = typeA >= SerialType.BLOB || typeB >= SerialType.BLOB;
        return;
      }
      atA = nextA;
      atB = nextB;
    }
    field = -1;
  }

  /** Whether that field is known by now to have another value. */
  public boolean isSure() {
    return sure;
  }

  /** How many leading bytes must be at hand to compare that field's values; -1 if none differs. */
  public long extent() {
    return field < 0 ? -1 : Math.max(endBefore, endAfter);
  }

  /**
   * Whether that field shows a user another value. The arrays hold {@link #extent} bytes, at least;
   * the lengths are those of the whole payloads.
   */
  public boolean differs(
      TableLayout layout,
      byte[] payload1,
      int offset1,
      int length1,
      byte[] payload2,
      int offset2,
      int length2) {
    before.wrap(layout, 0, payload1, offset1, length1);
    after.wrap(layout, 0, payload2, offset2, length2);
    boolean differs = false;
    for (int column = 0; column < layout.columnCount(); column++) {
      if (layout.fieldOf(column) == field) {
        differs = !RowReader.sameValue(before, column, after, column);
      }
    }
    before.forget();
    after.forget();
    return differs;
  }
}
