// SPDX-License-Identifier: Apache-2.0
package dev.waltap.changeset;

import dev.waltap.api.Change;
import dev.waltap.api.Row;
import dev.waltap.api.StorageClass;
import dev.waltap.format.TextEncoding;
import dev.waltap.json.JsonText;
import dev.waltap.record.StoredColumns;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes of rows in SQLite's format of changesets. For one thread.
 *
 * <pre>
 * SIZE     MEANING
 * table: wherever the changes of another table begin
 * 1        0x54, 'T'
 * varint   number of columns
 * 1 each   a column's place in the primary key, from 1; 0x00 for one outside of it
 * n + 1    the table's name in UTF-8, and 0x00
 * change
 * 1        0x12 INSERT, 0x17 UPDATE, 0x09 DELETE
 * 1        0x00: not made by a trigger or foreign key, as far as anybody knows
 * record   the old row, of UPDATE and DELETE; of UPDATE only key and what changed
 * record   the new row, of INSERT and UPDATE; of UPDATE only what changed
 * record: a value for each column
 * 1        0x00 left out, 0x01 INTEGER, 0x02 REAL, 0x03 TEXT, 0x04 BLOB, 0x05 NULL
 * 8        INTEGER and REAL, big-endian
 * varint   length of TEXT, in UTF-8, and BLOB; the bytes follow
 * </pre>
 */
final class ChangesetWriter {
  private static final int INSERT = 0x12;
  private static final int UPDATE = 0x17;
  private static final int DELETE = 0x09;
  private static final int LEFT_OUT = 0x00;
  private static final int NULL = 0x05;

  private final DataOutputStream out;
  private @Nullable ChangesetTable current;
  private String name = "";

  ChangesetWriter(OutputStream out) {
    this.out = new DataOutputStream(out);
  }

  /** Writes a change of a row. */
  void write(Change change, ChangesetTable table) throws IOException {
    if (!table.equals(current) || !name.equals(change.table())) {
      header(change.table(), table);
      current = table;
      name = change.table();
    }
    Row before = change.before();
    Row after = change.after();
    if (before != null && after != null) {
      update(table, before, after);
      return;
    }
    out.write(before == null ? INSERT : DELETE);
    out.write(0);
    Row whole = Objects.requireNonNull(before == null ? after : before);
    for (int i = 0; i < table.size(); i++) {
      value(whole, whole.indexOf(table.column(i)));
    }
  }

  private void header(String tableName, ChangesetTable table) throws IOException {
    out.write('T');
    varint(table.size());
    for (int i = 0; i < table.size(); i++) {
      out.write(table.placeInKey(i)); // One that differs makes SQLite skip the table.
    }
    out.write(JsonText.wellFormed(tableName).getBytes(StandardCharsets.UTF_8));
    out.write(0);
  }

  private void update(ChangesetTable table, Row before, Row after) throws IOException {
    out.write(UPDATE);
    out.write(0);
    boolean[] changed = new boolean[table.size()];
    for (int i = 0; i < changed.length; i++) {
      int old = before.indexOf(table.column(i));
      changed[i] = !same(before, old, after, after.indexOf(table.column(i)));
      if (changed[i] || table.isKey(i)) {
        value(before, old);
      } else {
        out.write(LEFT_OUT);
      }
    }
    for (int i = 0; i < changed.length; i++) {
      if (changed[i]) {
        value(after, after.indexOf(table.column(i)));
      } else {
        out.write(LEFT_OUT);
      }
    }
  }

  private static boolean same(Row before, int old, Row after, int now) {
    StorageClass kind = after.storageClass(now);
    if (old < 0 || before.storageClass(old) != kind) {
      return false;
    }
    return switch (kind) {
      case NULL -> true;
      case INTEGER -> before.getLong(old) == after.getLong(now);
      case REAL ->
          Double.doubleToRawLongBits(before.getDouble(old))
              == Double.doubleToRawLongBits(after.getDouble(now));
      case TEXT, BLOB -> Objects.equals(before.getByteBuffer(old), after.getByteBuffer(now));
    };
  }

  /** A column that a row does not have yet is NULL. */
  private void value(Row row, int index) throws IOException {
    StorageClass kind = index < 0 ? StorageClass.NULL : row.storageClass(index);
    switch (kind) {
      case NULL -> out.write(NULL);
      case INTEGER -> {
        out.write(1);
        out.writeLong(row.getLong(index));
      }
      case REAL -> {
        out.write(2);
        out.writeLong(Double.doubleToRawLongBits(row.getDouble(index)));
      }
      case TEXT -> bytes(3, text(row, index));
      case BLOB -> bytes(4, Objects.requireNonNull(row.getBytes(index)));
    }
  }

  /** As stored, also where it is malformed, if that is UTF-8. */
  private static byte[] text(Row row, int index) {
    boolean utf8 =
        !(row instanceof StoredColumns stored)
            || stored.stored().layout().encoding() == TextEncoding.UTF_8;
    return utf8
        ? Objects.requireNonNull(row.getBytes(index))
        : JsonText.wellFormed(String.valueOf(row.getString(index)))
            .getBytes(StandardCharsets.UTF_8);
  }

  private void bytes(int kind, byte[] bytes) throws IOException {
    out.write(kind);
    varint(bytes.length);
    out.write(bytes);
  }

  /** As SQLite has them: seven bits a byte, the highest first; lengths need no ninth byte. */
  private void varint(int value) throws IOException {
    for (int shift = 28; shift > 0; shift -= 7) {
      if (value >>> shift != 0) {
        out.write(0x80 | ((value >>> shift) & 0x7f));
      }
    }
    out.write(value & 0x7f);
  }

  /** Hands on what is buffered. */
  void flush() throws IOException {
    out.flush();
  }
}
