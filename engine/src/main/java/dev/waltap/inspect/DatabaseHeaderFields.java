// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.format.Bytes;
import dev.waltap.format.TextEncoding;
import dev.waltap.inspect.PageImage.Field;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The fields of a database's header, the first 100 bytes of page 1. Stateless. */
final class DatabaseHeaderFields {
  private static final String PART = "database header";

  private DatabaseHeaderFields() {}

  static void add(byte[] page, List<Field> fields) {
    String magic = new String(page, 0, 15, StandardCharsets.ISO_8859_1);
    field(fields, 0, 16, "magic", magic.equals("SQLite format 3") ? magic : "not SQLite's");
    int size = Bytes.u16(page, 16);
    field(fields, 16, 2, "page size", size == 1 ? "1: 65536" : "" + size);
    field(fields, 18, 1, "write version", version(page[18]));
    field(fields, 19, 1, "read version", version(page[19]));
    field(fields, 20, 1, "reserved bytes a page", "" + Bytes.u8(page, 20));
    field(fields, 21, 3, "payload fractions", page[21] + ", " + page[22] + ", " + page[23]);
    number(page, fields, 24, "file change counter");
    number(page, fields, 28, "database size in pages");
    number(page, fields, 32, "first freelist trunk page");
    number(page, fields, 36, "freelist pages");
    number(page, fields, 40, "schema cookie");
    number(page, fields, 44, "schema format");
    number(page, fields, 48, "default cache size");
    int root = Bytes.u32(page, 52);
    field(fields, 52, 4, "largest root page", root == 0 ? "0: no auto_vacuum" : unsigned(root));
    field(
        fields,
        56,
        4,
        "text encoding",
        unsigned(Bytes.u32(page, 56))
            + ": "
            + TextEncoding.of(Bytes.u32(page, 56)).name().replace('_', '-'));
    number(page, fields, 60, "user version");
    number(page, fields, 64, "incremental vacuum");
    number(page, fields, 68, "application id");
    field(fields, 72, 20, "reserved for expansion", "");
    number(page, fields, 92, "version valid for");
    int sqlite = Bytes.u32(page, 96);
    String text =
        String.format(
            Locale.ROOT, "%d.%d.%d", sqlite / 1000000, sqlite / 1000 % 1000, sqlite % 1000);
    field(fields, 96, 4, "SQLite version", unsigned(sqlite) + ": " + text);
  }

  private static String version(byte version) {
    return version
        + switch (version) {
          case 1 -> ": rollback journal";
          case 2 -> ": WAL";
          case 3 -> ": WAL2";
          default -> "";
        };
  }

  private static void number(byte[] page, List<Field> fields, int offset, String name) {
    field(fields, offset, 4, name, unsigned(Bytes.u32(page, offset)));
  }

  private static void field(List<Field> fields, int offset, int length, String name, String value) {
    fields.add(new Field(PART, offset, length, name, value));
  }

  private static String unsigned(int number) {
    return Integer.toUnsignedString(number);
  }
}
