// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import dev.waltap.format.TextEncoding;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One value, on its own.
 *
 * <p>Immutable. Two are equal if their storage class and their bytes are: -0.0 is not 0.0, the
 * INTEGER 1 is not the REAL 1.0, and a TEXT is not the BLOB of the same bytes.
 */
public final class Value {

  /** NULL. */
  public static final Value NULL = new Value(StorageClass.NULL, 0, new byte[0]);

  private final StorageClass storageClass;
  private final long bits;
  private final byte[] bytes;

  private Value(StorageClass storageClass, long bits, byte[] bytes) {
    this.storageClass = storageClass;
    this.bits = bits;
    this.bytes = bytes;
  }

  /** An INTEGER. */
  public static Value integer(long value) {
    return new Value(StorageClass.INTEGER, value, NULL.bytes);
  }

  /** A REAL; NULL for NaN, as SQLite has it. */
  public static Value real(double value) {
    return Double.isNaN(value)
        ? NULL
        : new Value(StorageClass.REAL, Double.doubleToRawLongBits(value), NULL.bytes);
  }

  /** A TEXT of these bytes, in the database's encoding; copied. */
  public static Value text(byte[] bytes) {
    return new Value(StorageClass.TEXT, 0, bytes.clone());
  }

  /** A BLOB of these bytes; copied. */
  public static Value blob(byte[] bytes) {
    return new Value(StorageClass.BLOB, 0, bytes.clone());
  }

  /** The storage class. */
  public StorageClass storageClass() {
    return storageClass;
  }

  /** The value of an INTEGER; 0 for any other. */
  public long longValue() {
    return storageClass == StorageClass.INTEGER ? bits : 0;
  }

  /** The value of a REAL, or of an INTEGER widened; 0.0 for any other. */
  public double doubleValue() {
    return storageClass == StorageClass.REAL ? Double.longBitsToDouble(bits) : longValue();
  }

  /** The bytes of a TEXT or BLOB, copied; empty for any other. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The bytes themselves, for readers of this package. */
  byte[] sharedBytes() {
    return bytes;
  }

  /**
   * The value as null, {@link Long}, {@link Double}, {@link String} (malformed bytes as U+FFFD) or
   * {@code byte[]}.
   */
  public @Nullable Object decode(TextEncoding encoding) {
    return switch (storageClass) {
      case NULL -> null;
      case INTEGER -> bits;
      case REAL -> doubleValue();
      case TEXT -> new String(bytes, encoding.charset());
      case BLOB -> bytes();
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Value that
        && storageClass == that.storageClass
        && bits == that.bits
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * storageClass.hashCode() + Long.hashCode(bits)) + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return switch (storageClass) {
      case NULL -> "NULL";
      case INTEGER -> Long.toString(bits);
      case REAL -> Double.toString(doubleValue());
      case TEXT, BLOB -> storageClass + " x'" + HexFormat.of().formatHex(bytes) + "'";
    };
  }
}
