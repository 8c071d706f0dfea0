// SPDX-License-Identifier: Apache-2.0
package dev.waltap.handler;

import java.io.Reader;
import java.nio.ByteBuffer;

/** The upper-case hexadecimal digits of bytes, made as they are read: no string of all of them. */
final class HexReader extends Reader {

  private static final char[] DIGITS = "0123456789ABCDEF".toCharArray();

  private final ByteBuffer bytes;
  private int next;
  private boolean lowNibble;

  HexReader(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read(char[] chars, int offset, int length) {
    if (next == bytes.limit()) {
      return length == 0 ? 0 : -1;
    }
    int at = offset;
    int end = offset + length;
    while (at < end && next < bytes.limit()) {
      int value = bytes.get(next);
      if (lowNibble) {
        chars[at++] = DIGITS[value & 15];
        next++;
      } else {
        chars[at++] = DIGITS[(value >> 4) & 15];
      }
      lowNibble = !lowNibble;
    }
    return at - offset;
  }

  @Override
  public void close() {}
}
