// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Numbers in byte arrays. SQLite's database and WAL are big-endian throughout; the wal-index and
 * half of all WAL checksums are not.
 *
 * <p>Every method throws {@link IndexOutOfBoundsException} where the number does not lie within the
 * array. Unaligned offsets are fine. Stateless.
 */
public final class Bytes {

  private static final VarHandle BIG_16 = view(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle BIG_32 = view(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle BIG_64 = view(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LITTLE_32 = view(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle NATIVE_16 = view(short[].class, ByteOrder.nativeOrder());
  private static final VarHandle NATIVE_32 = view(int[].class, ByteOrder.nativeOrder());

  private Bytes() {}

  private static VarHandle view(Class<?> arrayType, ByteOrder order) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, order);
  }

  /** An unsigned byte, 0..255. */
  public static int u8(byte[] b, int off) {
    return b[off] & 0xff;
  }

  /** A big-endian unsigned 16-bit number, 0..65535. */
  public static int u16(byte[] b, int off) {
    return (short) BIG_16.get(b, off) & 0xffff;
  }

  /** The 32 bits of a big-endian unsigned number; negative from 2^31 on. */
  public static int u32(byte[] b, int off) {
    return (int) BIG_32.get(b, off);
  }

  /** A big-endian two's complement 64-bit number. */
  public static long i64(byte[] b, int off) {
    return (long) BIG_64.get(b, off);
  }

  /** The 32 bits of a little-endian number, as WAL checksums sum them. */
  public static int littleU32(byte[] b, int off) {
    return (int) LITTLE_32.get(b, off);
  }

  /** An unsigned 16-bit number in this machine's byte order, as the wal-index has it. */
  public static int nativeU16(byte[] b, int off) {
    return (short) NATIVE_16.get(b, off) & 0xffff;
  }

  /** The 32 bits of a number in this machine's byte order, as the wal-index has it. */
  public static int nativeU32(byte[] b, int off) {
    return (int) NATIVE_32.get(b, off);
  }

  /**
   * Two 32-bit numbers as one, the first in its upper half: as salts and checksums are handed
   * around, which always come in pairs.
   */
  public static long pair(int first, int second) {
    return (long) first << 32 | (second & 0xffffffffL);
  }

  /** Writes the low 16 bits, big-endian. */
  public static void putU16(byte[] b, int off, int value) {
    BIG_16.set(b, off, (short) value);
  }

  /** Writes 32 bits, big-endian. */
  public static void putU32(byte[] b, int off, int value) {
    BIG_32.set(b, off, value);
  }
}
