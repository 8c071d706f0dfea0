// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.format.PageFormat;
import dev.waltap.page.PageSource;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The reference that the diff is tested against: reads whole trees and compares them row by row. It
 * shares no code with what it tests, and is as plain as it can be.
 */
final class SlowTree {

  /** A row of a table, or an entry of an index, which has rowid 0. */
  static final class Row {
    private final long rowid;
    private final byte[] payload;

    Row(long rowid, byte[] payload) {
      this.rowid = rowid;
      this.payload = payload;
    }

    long rowid() {
      return rowid;
    }

    byte[] payload() {
      return payload;
    }
  }

  private final PageSource source;
  private final PageFormat format;
  private final boolean index;
  private final List<Row> rows = new ArrayList<>();

  private SlowTree(PageSource source, PageFormat format, boolean index) {
    this.source = source;
    this.format = format;
    this.index = index;
  }

  /** All rows of a tree, in key order. */
  static List<Row> rows(PageSource source, PageFormat format, int root, boolean index) {
    SlowTree tree = new SlowTree(source, format, index);
    tree.visit(root);
    return tree.rows;
  }

  private void visit(int pageNumber) {
    byte[] bytes = source.page(pageNumber);
    ByteBuffer page = ByteBuffer.wrap(bytes);
    int header = pageNumber == 1 ? 100 : 0;
    int type = page.get(header);
    boolean leaf = type == 10 || type == 13;
    if (type != (index ? leaf ? 10 : 2 : leaf ? 13 : 5)) {
      throw new IllegalStateException("page " + pageNumber + " of type " + type);
    }
    int cells = page.getShort(header + 3) & 0xffff;
    for (int i = 0; i < cells; i++) {
      page.position(page.getShort(header + (leaf ? 8 : 12) + 2 * i) & 0xffff);
      if (!leaf) {
        visit(page.getInt());
      }
      if (leaf || index) {
        long size = varint(page);
        long rowid = index ? 0 : varint(page);
        rows.add(new Row(rowid, payload(bytes, page.position(), (int) size)));
      }
    }
    if (!leaf) {
      visit(page.getInt(header + 8));
    }
  }

  private byte[] payload(byte[] page, int at, int size) {
    int u = format.usableSize();
    int x = index ? (u - 12) * 64 / 255 - 23 : u - 35;
    int m = (u - 12) * 32 / 255 - 23;
    int k = m + (size - m) % (u - 4);
    int local = size <= x ? size : k <= x ? k : m;
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.write(page, at, local);
    int next = local < size ? ByteBuffer.wrap(page).getInt(at + local) : 0;
    while (payload.size() < size) {
      byte[] overflow = source.page(next);
      payload.write(overflow, 4, Math.min(u - 4, size - payload.size()));
      next = ByteBuffer.wrap(overflow).getInt(0);
    }
    return payload.toByteArray();
  }

  private static long varint(ByteBuffer at) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      int b = at.get();
      value = value << 7 | (b & 0x7f);
      if (b >= 0) {
        return value;
      }
    }
    return value << 8 | (at.get() & 0xff);
  }

  /** The rows that differ, one line each, in key order. */
  static List<String> diff(List<Row> before, List<Row> after, Comparator<Row> order) {
    List<String> changes = new ArrayList<>();
    int b = 0;
    int a = 0;
    while (b < before.size() || a < after.size()) {
      int side =
          b == before.size()
              ? 1
              : a == after.size() ? -1 : order.compare(before.get(b), after.get(a));
      if (side < 0) {
        changes.add(deleted(before.get(b++)));
      } else if (side > 0) {
        changes.add(inserted(after.get(a++)));
      } else {
        if (!Arrays.equals(before.get(b).payload, after.get(a).payload)) {
          changes.add(updated(before.get(b), after.get(a)));
        }
        b++;
        a++;
      }
    }
    return changes;
  }

  static String deleted(Row row) {
    return "- " + show(row);
  }

  static String inserted(Row row) {
    return "+ " + show(row);
  }

  static String updated(Row before, Row after) {
    return "~ " + show(before) + " -> " + show(after);
  }

  private static String show(Row row) {
    int size = row.payload.length;
    return row.rowid
        + ":"
        + size
        + ":"
        + Arrays.toString(Arrays.copyOf(row.payload, Math.min(size, 8)))
        + "#"
        + Arrays.hashCode(row.payload);
  }

  /** The order of records by their first fields, all ascending and BINARY, as SQLite has it. */
  static Comparator<byte[]> recordOrder(int fields) {
    return (a, b) -> {
      ByteBuffer typesA = ByteBuffer.wrap(a);
      ByteBuffer typesB = ByteBuffer.wrap(b);
      int headerA = (int) varint(typesA);
      int headerB = (int) varint(typesB);
      int at = headerA;
      int bt = headerB;
      for (int i = 0; i < fields && typesA.position() < headerA; i++) {
        long typeA = varint(typesA);
        long typeB = varint(typesB);
        int sizeA = size(typeA);
        int sizeB = size(typeB);
        int rank = Integer.compare(rank(typeA), rank(typeB));
        if (rank != 0) {
          return rank;
        }
        int value =
            rank(typeA) == 1
                ? Long.compare(integer(a, at, typeA), integer(b, bt, typeB))
                : Arrays.compareUnsigned(a, at, at + sizeA, b, bt, bt + sizeB);
        if (value != 0) {
          return value;
        }
        at += sizeA;
        bt += sizeB;
      }
      return 0;
    };
  }

  /** The types and values of a record's first fields. */
  static byte[] keyBytes(byte[] record, int fields) {
    ByteBuffer types = ByteBuffer.wrap(record);
    int header = (int) varint(types);
    int at = header;
    ByteArrayOutputStream key = new ByteArrayOutputStream();
    for (int i = 0; i < fields && types.position() < header; i++) {
      long type = varint(types);
      key.writeBytes(ByteBuffer.allocate(8).putLong(type).array());
      key.write(record, at, size(type));
      at += size(type);
    }
    return key.toByteArray();
  }

  /** How many bytes of a record its header and its first fields take, or its header alone. */
  static int keySize(byte[] record, int offset, int available, int fields) {
    ByteBuffer types = ByteBuffer.wrap(record, offset, available);
    int header = (int) varint(types);
    int size = header;
    for (int i = 0; header <= available && i < fields; i++) {
      size += types.position() < offset + header ? size(varint(types)) : 0;
    }
    return size;
  }

  private static int rank(long type) {
    return type == 0 ? 0 : type < 10 ? 1 : type % 2 == 1 ? 2 : 3;
  }

  private static int size(long type) {
    return switch ((int) Math.min(type, 12)) {
      case 0, 8, 9 -> 0;
      case 1, 2, 3, 4 -> (int) type;
      case 5 -> 6;
      case 6, 7 -> 8;
      default -> (int) (type - 12) / 2;
    };
  }

  private static long integer(byte[] record, int at, long type) {
    if (type >= 8) {
      return type - 8;
    }
    if (type == 7) {
      throw new IllegalArgumentException("no real keys here");
    }
    long value = record[at];
    for (int i = 1; i < size(type); i++) {
      value = value << 8 | (record[at + i] & 0xff);
    }
    return value;
  }
}
