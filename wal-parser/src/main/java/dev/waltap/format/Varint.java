// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

/**
 * SQLite's variable-length integer: one to nine bytes, big-endian.
 *
 * <pre>
 * BYTE   SIZE  MEANING
 * 1..8   7 bits each, high bit set while another byte follows
 * 9      8 bits: all of them count, so nine bytes hold any 64-bit number
 * </pre>
 *
 * <p>Source: fileformat2.html, "Varint". SQLite reads overlong forms and so does this. Reads past
 * the array's end throw {@link IndexOutOfBoundsException}: callers that read untrusted pages bound
 * the page first or turn that into corruption. Stateless.
 */
public final class Varint {

  /** The most bytes that a varint takes. */
  public static final int MAX_SIZE = 9;

  private Varint() {}

  /** The number that starts at {@code off}; its size is {@link #size}. */
  public static long value(byte[] b, int off) {
    int first = b[off];
    if (first >= 0) {
      return first;
    }
    int second = b[off + 1];
    if (second >= 0) {
      return ((first & 0x7fL) << 7) | second;
    }
    return longValue(b, off, ((first & 0x7fL) << 7) | (second & 0x7f));
  }

  private static long longValue(byte[] b, int off, long firstTwo) {
    long value = firstTwo;
    for (int i = 2; i < MAX_SIZE - 1; i++) {
      int next = b[off + i];
      value = (value << 7) | (next & 0x7f);
      if (next >= 0) {
        return value;
      }
    }
    return (value << 8) | (b[off + MAX_SIZE - 1] & 0xff);
  }

  /** How many bytes the number at {@code off} takes, 1..9; the ninth byte is not looked at. */
  public static int size(byte[] b, int off) {
    int size = 1;
    while (size < MAX_SIZE && b[off + size - 1] < 0) {
      size++;
    }
    return size;
  }
}
