// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every size of varint against the encoder that the file format describes. */
class VarintTest {

  @Test
  void readsWhatSqliteWrites() {
    for (int bits = 0; bits < 64; bits++) {
      for (long value : new long[] {1L << bits, (1L << bits) - 1, -1L << bits}) {
        check(value);
      }
    }
    Random random = new Random(3);
    for (int i = 0; i < 10_000; i++) {
      check(random.nextLong() >>> random.nextInt(64));
    }
  }

  private static void check(long value) {
    byte[] bytes = new byte[16];
    int size = write(bytes, 3, value);
    assertThat(Varint.value(bytes, 3)).isEqualTo(value);
    assertThat(Varint.size(bytes, 3)).isEqualTo(size);
  }

  private static int write(byte[] to, int offset, long value) {
    if (value >>> 56 != 0) {
      to[offset + 8] = (byte) value;
      for (int i = 0; i < 8; i++) {
        to[offset + i] = (byte) (value >>> (8 + 7 * (7 - i)) | 0x80);
      }
      return 9;
    }
    int size = 1;
    while (value >>> (7 * size) != 0) {
      size++;
    }
    for (int i = 0; i < size; i++) {
      to[offset + i] = (byte) ((value >>> (7 * (size - 1 - i)) & 0x7f) | (i < size - 1 ? 0x80 : 0));
    }
    return size;
  }
}
