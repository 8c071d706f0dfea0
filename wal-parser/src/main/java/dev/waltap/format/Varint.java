package dev.waltap.format;

/**
 * SQLite's variable-length integers: 1 to 9 bytes, big-endian, 7 bits each with the high bit saying
 * that more follow; the ninth byte gives all its 8 bits (file format, section 1.6).
 */
public final class Varint {
  /** The longest varint, in bytes. */
  public static final int MAX_SIZE = 9;

  private Varint() {}

  /** The value of the varint at the offset, all 64 bits of it. */
  public static long value(byte[] bytes, int offset) {
    byte first = bytes[offset];
    if (first >= 0) {
      return first;
    }
    byte second = bytes[offset + 1];
    if (second >= 0) {
      return ((first & 0x7fL) << 7) | second;
    }
    long value = ((first & 0x7fL) << 7) | (second & 0x7f);
    for (int i = 2; i < MAX_SIZE - 1; i++) {
      byte next = bytes[offset + i];
      value = (value << 7) | (next & 0x7f);
      if (next >= 0) {
        return value;
      }
    }
    return (value << 8) | (bytes[offset + MAX_SIZE - 1] & 0xff);
  }

  /** How many bytes the varint at the offset takes, 1 to 9. */
  public static int size(byte[] bytes, int offset) {
    for (int size = 1; size < MAX_SIZE; size++) {
      if (bytes[offset + size - 1] >= 0) {
        return size;
      }
    }
    return MAX_SIZE;
  }
}
