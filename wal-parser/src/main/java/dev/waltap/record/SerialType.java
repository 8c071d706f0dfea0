// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import dev.waltap.format.Bytes;
import dev.waltap.format.CorruptDatabaseException;

/**
 * The serial type of a field in a record's header: storage class and length in one number.
 *
 * <pre>
 *   TYPE        BYTES      MEANING
 *   0           0          NULL
 *   1 2 3 4     1 2 3 4    signed big-endian integer
 *   5 6         6 8        signed big-endian integer
 *   7           8          IEEE 754 double, big-endian; a NaN reads as NULL
 *   8 9         0          the integer 0, the integer 1
 *   10 11       0          reserved: SQLite never writes them, and reads NULL
 *   N even      (N-12)/2   BLOB, N &gt;= 12
 *   N odd       (N-13)/2   TEXT in the database's encoding, N &gt;= 13
 * </pre>
 */
public final class SerialType {

  /** NULL. */
  public static final int NULL = 0;

  /** A double. */
  public static final int REAL = 7;

  /** The integer 0, without bytes. */
  public static final int ZERO = 8;

  /** The integer 1, without bytes. */
  public static final int ONE = 9;

  /** The first of two types that are not in use: both read as NULL, without bytes. */
  static final int RESERVED = 10;

  /** The least serial type of a BLOB. */
  public static final int BLOB = 12;

  /** The least serial type of a TEXT. */
  public static final int TEXT = 13;

  /** Bytes of the types below {@link #BLOB}: a look-up needs no branch to be mispredicted. */
  private static final byte[] SIZES = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};

  private SerialType() {}

  /**
   * The bytes that a value of this type takes in the record's body.
   *
   * @throws CorruptDatabaseException for a negative type
   */
  public static long size(long type) {
    if (type >= BLOB) {
      return (type - BLOB) >> 1;
    }
    return SIZES[(int) checked(type)];
  }

  /** As {@link #size(long)}, for a type that is not negative. */
  static int size(int type) {
    return type >= BLOB ? (type - BLOB) >> 1 : SIZES[type];
  }

  /**
   * The storage class of this type. A {@link #REAL} that is not a number reads as NULL all the
   * same.
   *
   * @throws CorruptDatabaseException for a negative type
   */
  public static StorageClass storageClass(long type) {
    if (type >= BLOB) {
      return (type & 1) == 0 ? StorageClass.BLOB : StorageClass.TEXT;
    }
    return switch ((int) checked(type)) {
      case NULL, RESERVED, RESERVED + 1 -> StorageClass.NULL;
      case REAL -> StorageClass.REAL;
      default -> StorageClass.INTEGER;
    };
  }

  /** The value of an INTEGER of this type; 0 for any other storage class. */
  static long longValue(int type, byte[] b, int off) {
    return switch (type) {
      case 1 -> b[off];
      case 2 -> (short) Bytes.u16(b, off);
      case 3 -> b[off] << 16 | Bytes.u16(b, off + 1);
      case 4 -> Bytes.u32(b, off);
      case 5 -> (long) (short) Bytes.u16(b, off) << 32 | (Bytes.u32(b, off + 2) & 0xffffffffL);
      case 6 -> Bytes.i64(b, off);
      case ONE -> 1;
      default -> 0;
    };
  }

  /** The value of a REAL. */
  static double realValue(byte[] b, int off) {
    return Double.longBitsToDouble(Bytes.i64(b, off));
  }

  private static long checked(long type) {
    if (type < 0) {
      throw new CorruptDatabaseException("record: serial type " + type + " does not exist");
    }
    return type;
  }
}
