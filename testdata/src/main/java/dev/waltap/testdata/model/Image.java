// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import dev.waltap.api.Row;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A whole row: names and values in table order.
 *
 * @param names the columns
 * @param values their values
 */
public record Image(List<String> names, List<Value> values) {

  public Image {
    if (names.size() != values.size()) {
      throw new IllegalArgumentException(names.size() + " names, " + values.size() + " values");
    }
  }

  /**
   * Reads a row as captured.
   *
   * @param charset the database's encoding, to check what the row decodes; null if not known
   */
  public static Image of(Row row, @Nullable Charset charset) {
    List<Value> values = new ArrayList<>(row.size());
    for (int i = 0; i < row.size(); i++) {
      values.add(valueOf(row, i, charset));
    }
    return new Image(row.names(), values);
  }

  private static Value valueOf(Row row, int index, @Nullable Charset charset) {
    return switch (row.storageClass(index)) {
      case NULL -> Value.NULL;
      case INTEGER -> Value.of(row.getLong(index));
      case REAL -> Value.of(row.getDouble(index));
      case BLOB -> Value.blob(Objects.requireNonNull(row.getBytes(index)));
      case TEXT -> textOf(row, index, charset);
    };
  }

  private static Value textOf(Row row, int index, @Nullable Charset charset) {
    String decoded = Objects.requireNonNull(row.getString(index));
    byte[] bytes = row instanceof ImageRow image ? image.textBytes(index) : row.getBytes(index);
    if (bytes == null) {
      return Value.text(decoded);
    }
    String strict = charset == null ? null : decodeStrictly(bytes, charset);
    if (strict != null && !strict.equals(decoded)) {
      throw new IllegalStateException(
          "column "
              + row.names().get(index)
              + " decodes to '"
              + decoded
              + "', not '"
              + strict
              + "'");
    }
    return Value.text(bytes, decoded);
  }

  private static @Nullable String decodeStrictly(byte[] bytes, Charset charset) {
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException malformed) {
      // How many U+FFFD stand for malformed bytes is nobody's promise.
      return null;
    }
  }

  /** The image as JSON shows it. */
  public Image inJson(Value.BlobStyle style) {
    return new Image(names, values.stream().map(value -> value.inJson(style)).toList());
  }

  /** The first difference to another image, or null if there is none. */
  public @Nullable String difference(Image other) {
    if (!names.equals(other.names)) {
      return "columns " + names + " and " + other.names;
    }
    for (int i = 0; i < names.size(); i++) {
      if (!values.get(i).equals(other.values.get(i))) {
        return "column " + names.get(i) + ": " + values.get(i) + " and " + other.values.get(i);
      }
    }
    return null;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < names.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(names.get(i)).append('=').append(values.get(i));
      if (i == 20) {
        return text.append(", …}").toString();
      }
    }
    return text.append('}').toString();
  }
}
