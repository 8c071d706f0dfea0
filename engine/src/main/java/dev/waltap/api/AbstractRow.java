// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What all rows have in common that Waltap makes: equal by names and values, brief when printed.
 *
 * <p>Two values are equal if their storage class is, and their number, or the bytes of their TEXT
 * or BLOB as {@link Row#getBytes(int)} gives them: -0.0 is not 0.0, and a text in UTF-16 is not the
 * same text in UTF-8.
 */
public abstract class AbstractRow implements Row {

  /** Characters of a text, and bytes of a blob, that are printed. */
  private static final int PRINTED = 32;

  /** For rows of a class of its own; {@link Row#of(Object...)} makes one of values. */
  protected AbstractRow() {}

  /**
   * The storage class of a value, which must be one of two.
   *
   * @throws IllegalStateException if it is another one
   */
  protected final StorageClass require(int index, StorageClass first, StorageClass second) {
    StorageClass actual = storageClass(index);
    if (actual != first && actual != second) {
      throw new IllegalStateException(names().get(index) + " is " + actual + ", not " + first);
    }
    return actual;
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof AbstractRow that) || !names().equals(that.names())) {
      return false;
    }
    for (int i = 0; i < size(); i++) {
      if (!sameValue(that, i)) {
        return false;
      }
    }
    return true;
  }

  private boolean sameValue(AbstractRow that, int index) {
    StorageClass storageClass = storageClass(index);
    return storageClass == that.storageClass(index)
        && switch (storageClass) {
          case NULL -> true;
          case INTEGER -> getLong(index) == that.getLong(index);
          case REAL ->
              Double.doubleToRawLongBits(getDouble(index))
                  == Double.doubleToRawLongBits(that.getDouble(index));
          case TEXT, BLOB -> bytes(index).equals(that.bytes(index));
        };
  }

  private ByteBuffer bytes(int index) {
    return Objects.requireNonNull(getByteBuffer(index));
  }

  @Override
  public final int hashCode() {
    int hash = names().hashCode();
    for (int i = 0; i < size(); i++) {
      hash =
          31 * hash
              + switch (storageClass(i)) {
                case NULL -> 0;
                case INTEGER -> Long.hashCode(getLong(i));
                case REAL -> Double.hashCode(getDouble(i));
                case TEXT, BLOB -> bytes(i).hashCode();
              };
    }
    return hash;
  }

  @Override
  public final String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < size(); i++) {
      text.append(i == 0 ? "" : ", ").append(names().get(i)).append('=');
      append(text, i);
    }
    return text.append('}').toString();
  }

  private void append(StringBuilder text, int index) {
    switch (storageClass(index)) {
      case NULL -> text.append("null");
      case INTEGER -> text.append(getLong(index));
      case REAL -> text.append(getDouble(index));
      case TEXT -> {
        String value = String.valueOf(getString(index));
        boolean whole = value.codePointCount(0, value.length()) <= PRINTED;
        text.append(whole ? value : value.substring(0, value.offsetByCodePoints(0, PRINTED)));
        text.append(whole ? "" : "…");
      }
      case BLOB -> {
        ByteBuffer value = bytes(index);
        int length = value.remaining();
        byte[] printed = new byte[Math.min(length, PRINTED)];
        value.get(printed);
        text.append("x'").append(HexFormat.of().formatHex(printed)).append('\'');
        text.append(printed.length < length ? "…" : "");
      }
    }
  }
}
