// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import dev.waltap.api.Row;
import org.jspecify.annotations.Nullable;

/** How BLOB values appear in JSON. */
public enum BlobFormat {
  /** As a string of upper-case hexadecimal digits, as SQLite's {@code hex()} gives them. */
  HEX,
  /** As a string in base64, padded, without line breaks. */
  BASE64,
  /**
   * Not at all: name and value are left out of the images, so that an omitted BLOB can't be taken
   * for a NULL. Key columns stay, in hexadecimal, as rows could not be distinguished without them.
   */
  OMIT;

  /** Whether a BLOB in this column is left out of an image of the row that has this key. */
  boolean omits(String column, @Nullable Row key) {
    return this == OMIT && (key == null || key.indexOf(column) < 0);
  }
}
