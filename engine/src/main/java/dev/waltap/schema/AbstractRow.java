package dev.waltap.schema;

import dev.waltap.api.Row;
import dev.waltap.record.StorageClass;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What all rows have in common: equal by names and values, brief when printed. */
abstract class AbstractRow implements Row {

  /** Characters of a text, and bytes of a blob, that are printed. */
  private static final int PRINTED = 32;

  /** The bytes of the value at {@code index}, a TEXT or BLOB. */
  abstract byte[] bytes(int index);

  /** Fails unless the value at {@code index} is of one of these storage classes. */
  final StorageClass require(int index, StorageClass first, StorageClass second) {
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
          case TEXT, BLOB -> Arrays.equals(bytes(index), that.bytes(index));
        };
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
                case TEXT, BLOB -> Arrays.hashCode(bytes(i));
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
        byte[] value = bytes(index);
        int printed = Math.min(value.length, PRINTED);
        text.append("x'").append(HexFormat.of().formatHex(value, 0, printed)).append('\'');
        text.append(printed < value.length ? "…" : "");
      }
    }
  }
}
