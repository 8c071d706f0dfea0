package dev.waltap.record;

/** Big-endian integers and varints, read at an offset that the caller has checked. */
final class RecordBytes {

  private RecordBytes() {}

  static int u16(byte[] b, int off) {
    return (b[off] & 0xff) << 8 | (b[off + 1] & 0xff);
  }

  static long u32(byte[] b, int off) {
    return (long) u16(b, off) << 16 | u16(b, off + 2);
  }

  static long i64(byte[] b, int off) {
    return u32(b, off) << 32 | u32(b, off + 4);
  }

  /** The value of the varint at {@code off}. */
  static long varintValue(byte[] b, int off) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      byte next = b[off + i];
      value = value << 7 | (next & 0x7f);
      if (next >= 0) {
        return value;
      }
    }
    return value << 8 | (b[off + 8] & 0xff);
  }
}
