// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import dev.waltap.format.Varint;

/**
 * Finds one field of a record by a walk through its header, and keeps nothing: for rows of few
 * fields, of which a handler asks for some once. The record must have been checked, as {@link
 * RecordReader#wrap(byte[], int, int, int)} does it. Stateless.
 */
final class FieldLookup {
  /** For a field that the record does not have. */
  static final long MISSING = -1;

  /** Of longer ones the capture may not have looked at every field. */
  private static final int MAX_PAYLOAD = 1 << 16;

  /** With more fields it is better to read the header once. */
  private static final int MAX_FIELDS = 16;

  private FieldLookup() {}

  /** Whether fields of such a record are to be found like this. */
  static boolean serves(int fields, int payloadLength) {
    return fields <= MAX_FIELDS && reaches(payloadLength);
  }

  /** Whether fields of such a record can be found like this, be it slowly. */
  static boolean reaches(int payloadLength) {
    return payloadLength <= MAX_PAYLOAD;
  }

  /**
   * Where a field is.
   *
   * @return its serial type in the upper half, the offset of its body in the lower one; or {@link
   *     #MISSING}
   */
  static long find(byte[] payload, int field) {
    int headerSize = payload[0];
    int pos = 1;
    if (headerSize < 0) {
      headerSize = (int) Varint.value(payload, 0);
      pos = Varint.size(payload, 0);
    }
    int body = headerSize;
    for (int i = 0; pos < headerSize; i++) {
      long type = payload[pos];
      if (type >= 0) {
        pos++;
      } else {
        type = Varint.value(payload, pos);
        pos += Varint.size(payload, pos);
      }
      if (i == field) {
        return type << 32 | body;
      }
      body += (int) SerialType.size(type);
    }
    return MISSING;
  }

  static long type(long found) {
    return found >>> 32;
  }

  static int offset(long found) {
    return (int) found;
  }
}
