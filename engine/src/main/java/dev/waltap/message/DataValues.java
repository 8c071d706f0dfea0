// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import com.fasterxml.jackson.core.io.NumberOutput;
import dev.waltap.api.Row;
import dev.waltap.json.BlobFormat;
import dev.waltap.json.JsonText;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Values of rows as values of messages. Immutable. */
final class DataValues {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private final BlobFormat blobs;

  DataValues(BlobFormat blobs) {
    this.blobs = blobs;
  }

  /** A value of the type, which it fits, unless that is a string: any value is made one. */
  @Nullable Object value(Row row, int index, DataType type) {
    if (row.isNull(index)) {
      return null;
    }
    return switch (type) {
      case INT64 -> row.getLong(index);
      case DOUBLE -> row.getDouble(index);
      case BYTES -> row.getBytes(index);
      default -> text(row, index);
    };
  }

  /** What a column was declared to have, as a value of the type. */
  @Nullable Object constant(@Nullable Object declared, DataType type) {
    if (type != DataType.STRING || declared == null) {
      return declared;
    }
    return declared instanceof Double number
        ? NumberOutput.toString(number, true)
        : declared.toString();
  }

  private String text(Row row, int index) {
    return switch (row.storageClass(index)) {
      case NULL -> "";
      case INTEGER -> Long.toString(row.getLong(index));
      case REAL -> NumberOutput.toString(row.getDouble(index), true);
      case TEXT -> JsonText.wellFormed(String.valueOf(row.getString(index)));
      case BLOB -> text(row.getBytes(index));
    };
  }

  private String text(byte @Nullable [] blob) {
    if (blob == null) {
      return "";
    }
    return blobs == BlobFormat.HEX ? HEX.formatHex(blob) : Base64.getEncoder().encodeToString(blob);
  }
}
