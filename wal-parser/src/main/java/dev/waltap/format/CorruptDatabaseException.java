// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

import org.jspecify.annotations.Nullable;

/** Bytes that no SQLite writes; the message names the page and what is wrong with it. */
public final class CorruptDatabaseException extends DatabaseException {

  public CorruptDatabaseException(String message) {
    this(message, null);
  }

  public CorruptDatabaseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The fault of one page. */
  public static CorruptDatabaseException page(int page, String fault) {
    return new CorruptDatabaseException("page " + Integer.toUnsignedString(page) + ": " + fault);
  }
}
