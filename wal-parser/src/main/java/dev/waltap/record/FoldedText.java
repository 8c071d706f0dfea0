// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import dev.waltap.format.TextEncoding;
import java.util.Arrays;

/**
 * SQLite's NOCASE and RTRIM collations, which are defined on UTF-8. Text of UTF-16 databases is
 * converted as it is read: code points are ordered as their UTF-8 bytes are.
 */
final class FoldedText {

  private final Cursor a = new Cursor();
  private final Cursor b = new Cursor();

  /** ASCII letters without case; then, and after a common NUL (!), the shorter one first. */
  int compareNoCase(TextEncoding encoding, RecordReader left, RecordReader right, int field) {
    a.wrap(encoding, left, field);
    b.wrap(encoding, right, field);
    while (a.hasNext() && b.hasNext()) {
      int c = fold(a.next());
      int d = fold(b.next());
      if (c != d) {
        return c < d ? -1 : 1;
      }
      if (c == 0) {
        // sqlite3StrNICmp takes the NUL for the end.
        break;
      }
    }
    a.wrap(encoding, left, field);
    b.wrap(encoding, right, field);
    return Long.compare(a.utf8Length(), b.utf8Length());
  }

  /** By bytes, spaces at the end left away. */
  int compareTrimmed(TextEncoding encoding, RecordReader left, RecordReader right, int field) {
    a.wrap(encoding, left, field);
    b.wrap(encoding, right, field);
    a.trim();
    b.trim();
    if (encoding == TextEncoding.UTF_8) {
      return Arrays.compareUnsigned(a.bytes, a.pos, a.end, b.bytes, b.pos, b.end);
    }
    while (a.hasNext() && b.hasNext()) {
      int c = a.next();
      int d = b.next();
      if (c != d) {
        return c < d ? -1 : 1;
      }
    }
    return Boolean.compare(a.hasNext(), b.hasNext());
  }

  private static int fold(int c) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  }

  /** Reads bytes of UTF-8, or code points of UTF-16 as {@code sqlite3VdbeMemTranslate} does. */
  private static final class Cursor {
    private TextEncoding encoding = TextEncoding.UTF_8;
    private byte[] bytes = {};
    private int pos;
    private int end;

    void wrap(TextEncoding encoding, RecordReader record, int field) {
      this.encoding = encoding;
      this.bytes = record.payload();
      this.pos = record.bytesOffset(field);
      int length = record.bytesLength(field);
      // Half a code unit at the end is dropped.
      this.end = pos + (encoding == TextEncoding.UTF_8 ? length : length & ~1);
    }

    boolean hasNext() {
      return pos < end;
    }

    int next() {
      if (encoding == TextEncoding.UTF_8) {
        return bytes[pos++] & 0xff;
      }
      int c = unit(pos);
      pos += 2;
      if (c < 0xd800 || c >= 0xe000 || pos >= end) {
        return c;
      }
      // SQLite pairs any surrogate with whatever follows it.
      int low = unit(pos);
      pos += 2;
      return ((c & 0x3ff) << 10) + (low & 0x3ff) + 0x10000;
    }

    /** The bytes left, were they converted to UTF-8. Reads to the end. */
    long utf8Length() {
      if (encoding == TextEncoding.UTF_8) {
        return (long) end - pos;
      }
      long length = 0;
      while (hasNext()) {
        int c = next();
        length += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      }
      return length;
    }

    void trim() {
      int unit = encoding == TextEncoding.UTF_8 ? 1 : 2;
      while (end > pos && (unit == 1 ? bytes[end - 1] : unit(end - 2)) == ' ') {
        end -= unit;
      }
    }

    private int unit(int at) {
      int first = bytes[at] & 0xff;
      int second = bytes[at + 1] & 0xff;
      return encoding == TextEncoding.UTF_16LE ? second << 8 | first : first << 8 | second;
    }
  }
}
