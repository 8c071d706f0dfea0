// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.format.Bytes;
import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.TextEncoding;
import dev.waltap.format.Varint;
import dev.waltap.inspect.PageImage.Field;
import dev.waltap.record.SerialType;
import java.util.ArrayList;
import java.util.List;

/** The fields of a record, as much of it as its cell has. For one cell. */
final class RecordFields {

  /** So much of a text is shown; its bytes are there anyway. */
  private static final int SHOWN = 60;

  private final byte[] page;
  private final String part;
  private final TextEncoding encoding;
  private final List<Field> fields;

  RecordFields(byte[] page, String part, TextEncoding encoding, List<Field> fields) {
    this.page = page;
    this.part = part;
    this.encoding = encoding;
    this.fields = fields;
  }

  void add(Cell cell) {
    int start = cell.payloadOffset();
    int end = start + cell.localSize();
    if (start == end) {
      return;
    }
    int size = Varint.size(page, start);
    long headerSize = Varint.value(page, start);
    field(start, size, "record header size", "" + headerSize);
    long headerEnd = start + headerSize;
    if (headerSize < size || headerEnd > end) {
      fields.add(
          new Field(
              part,
              start + size,
              end - start - size,
              "payload",
              headerSize < size ? "no record header" : "the header goes on in the overflow pages"));
      return;
    }
    List<Long> types = new ArrayList<>();
    int at = start + size;
    while (at < headerEnd) {
      long type = Varint.value(page, at);
      size = Varint.size(page, at);
      field(at, size, "serial type " + types.size(), type + ": " + typeName(type));
      types.add(type);
      at += size;
    }
    bodies(types, headerEnd, end);
  }

  private void bodies(List<Long> types, long from, int end) {
    long at = from;
    for (int i = 0; i < types.size() && at < end; i++) {
      long type = types.get(i);
      long size = SerialType.size(type);
      if (size > end - at) {
        field((int) at, (int) (end - at), "field " + i, "goes on in the overflow pages");
        return;
      }
      if (size > 0) {
        field((int) at, (int) size, "field " + i, value(type, (int) at, (int) size));
      }
      at += size;
    }
    if (at < end) {
      field((int) at, (int) (end - at), "payload", "belongs to no field");
    }
  }

  private static String typeName(long type) {
    if (type < 0) {
      throw new CorruptDatabaseException("serial type " + type + " does not exist");
    }
    if (type >= SerialType.BLOB) {
      return (type % 2 == 0 ? "BLOB of " : "TEXT of ") + SerialType.size(type) + " bytes";
    }
    return switch ((int) type) {
      case SerialType.NULL -> "NULL";
      case SerialType.REAL -> "REAL";
      case SerialType.ZERO -> "INTEGER 0";
      case SerialType.ONE -> "INTEGER 1";
      case 10, 11 -> "reserved";
      default -> "INTEGER of " + SerialType.size(type) + (type == 1 ? " byte" : " bytes");
    };
  }

  private String value(long type, int at, int size) {
    if (type == SerialType.REAL) {
      return "" + Double.longBitsToDouble(Bytes.i64(page, at));
    }
    if (type < SerialType.BLOB) {
      long value = page[at];
      for (int i = 1; i < size; i++) {
        value = value << 8 | Bytes.u8(page, at + i);
      }
      return "" + value;
    }
    if (type % 2 == 0) {
      return "BLOB";
    }
    String text = new String(page, at, size, encoding.charset());
    int end =
        text.codePointCount(0, text.length()) <= SHOWN
            ? text.length()
            : text.offsetByCodePoints(0, SHOWN);
    return "'" + text.substring(0, end) + (end < text.length() ? "…" : "'");
  }

  private void field(int offset, int length, String name, String value) {
    fields.add(new Field(part, offset, length, name, value));
  }
}
