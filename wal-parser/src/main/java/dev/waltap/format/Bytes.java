package dev.waltap.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian integers in byte arrays: the order of everything in a database file. */
public final class Bytes {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Bytes() {}

  /** The unsigned 16-bit integer at the offset. */
  public static int u16(byte[] bytes, int offset) {
    return (short) SHORT.get(bytes, offset) & 0xffff;
  }

  /** The 32 bits at the offset; page numbers and sizes in use fit a positive int. */
  public static int u32(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  /** The signed 64-bit integer at the offset. */
  public static long i64(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset);
  }
}
