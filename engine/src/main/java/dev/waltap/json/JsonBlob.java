// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a BLOB as characters, in pieces: there is never a string or array of all of them.
 */
final class JsonBlob {
  private static final byte[] BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
          .getBytes(StandardCharsets.US_ASCII);

  /** Bytes between two looks whether there is room: a multiple of three. */
  private static final int PIECE = 3072;

  private JsonBlob() {}

  /** Writes a buffer's bytes in base 64 or, for any other format, in hexadecimal digits. */
  static void write(ByteBuffer bytes, BlobFormat format, JsonBytes json) throws IOException {
    ByteBuffer source = bytes.duplicate();
    byte[] piece = new byte[Math.min(PIECE, source.remaining())];
    while (source.hasRemaining()) {
      int count = Math.min(piece.length, source.remaining());
      source.get(piece, 0, count);
      write(piece, 0, count, format, json);
    }
  }

  /** Writes bytes in base 64, with padding, or, for any other format, in hexadecimal digits. */
  static void write(byte[] bytes, int from, int to, BlobFormat format, JsonBytes json)
      throws IOException {
    for (int at = from; at < to; at += PIECE) {
      int end = Math.min(to, at + PIECE);
      int start = json.room(2 * (end - at) + 2);
      json.end(
          format == BlobFormat.BASE64
              ? base64(bytes, at, end, json.buffer(), start)
              : hex(bytes, at, end, json.buffer(), start));
    }
  }

  private static int hex(byte[] bytes, int from, int to, byte[] buffer, int offset) {
    int at = offset;
    for (int i = from; i < to; i++) {
      buffer[at++] = JsonUtf8.HEX[(bytes[i] >> 4) & 15];
      buffer[at++] = JsonUtf8.HEX[bytes[i] & 15];
    }
    return at;
  }

  private static int base64(byte[] bytes, int from, int to, byte[] buffer, int offset) {
    int at = offset;
    int i = from;
    for (; i <= to - 3; i += 3) {
      int group = (bytes[i] & 0xff) << 16 | (bytes[i + 1] & 0xff) << 8 | (bytes[i + 2] & 0xff);
      buffer[at++] = BASE64[group >> 18];
      buffer[at++] = BASE64[(group >> 12) & 63];
      buffer[at++] = BASE64[(group >> 6) & 63];
      buffer[at++] = BASE64[group & 63];
    }
    if (i == to) {
      return at;
    }
    int rest = (bytes[i] & 0xff) << 16 | (i + 1 < to ? (bytes[i + 1] & 0xff) << 8 : 0);
    buffer[at++] = BASE64[rest >> 18];
    buffer[at++] = BASE64[(rest >> 12) & 63];
    buffer[at++] = i + 1 < to ? BASE64[(rest >> 6) & 63] : (byte) '=';
    buffer[at++] = '=';
    return at;
  }
}
