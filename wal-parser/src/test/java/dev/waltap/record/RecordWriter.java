// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes records by hand, those that SQLite would not write among them. */
final class RecordWriter {

  private final ByteArrayOutputStream types = new ByteArrayOutputStream();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  /** A field of any serial type and any bytes, whether they go together or not. */
  RecordWriter field(int type, int... bytes) {
    varint(types, type);
    for (int b : bytes) {
      body.write(b);
    }
    return this;
  }

  RecordWriter real(double value) {
    types.write(7);
    body.writeBytes(ByteBuffer.allocate(8).putDouble(value).array());
    return this;
  }

  RecordWriter text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    varint(types, 13 + 2 * bytes.length);
    body.writeBytes(bytes);
    return this;
  }

  RecordWriter blob(byte... bytes) {
    varint(types, 12 + 2 * bytes.length);
    body.writeBytes(bytes);
    return this;
  }

  byte[] record() {
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    int size = types.size() + 1;
    varint(record, size > 127 ? size + 1 : size);
    record.writeBytes(types.toByteArray());
    record.writeBytes(body.toByteArray());
    return record.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    for (int shift = 28; shift > 0; shift -= 7) {
      if (value >>> shift != 0) {
        out.write(0x80 | (value >>> shift & 0x7f));
      }
    }
    out.write(value & 0x7f);
  }
}
