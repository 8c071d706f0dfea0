// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sqlite;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Looks for a text in bytes by the algorithm of Horspool, which reads few of them: megabytes of
 * libraries are looked through while a capture starts, before any code is compiled. Any thread may
 * use it.
 */
final class BytePattern {
  private final byte[] wanted;

  /** How far to move on, by the byte that stands where the pattern would end. */
  private final int[] shifts = new int[256];

  private BytePattern(byte[] wanted) {
    this.wanted = wanted;
    Arrays.fill(shifts, wanted.length);
    for (int i = 0; i < wanted.length - 1; i++) {
      shifts[wanted[i] & 0xff] = wanted.length - 1 - i;
    }
  }

  /** A pattern of ASCII characters, at least one. */
  static BytePattern ascii(String text) {
    return new BytePattern(text.getBytes(StandardCharsets.US_ASCII));
  }

  boolean isIn(byte[] bytes) {
    int last = wanted.length - 1;
    byte ending = wanted[last];
    for (int at = last; at < bytes.length; at += shifts[bytes[at] & 0xff]) {
      if (bytes[at] == ending
          && Arrays.equals(bytes, at - last, at + 1, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }
}
